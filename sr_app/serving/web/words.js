// Numbers in words.
export function megapixels({ width, height }) {
  const mega = width * height / 1e6;
  return `${mega < 10 ? mega.toFixed(1) : Math.round(mega)} megapixels`;
}

// How long it will take from here, from what was done in so many seconds.
export function remaining(done, all, seconds) {
  if (!done || done === all || seconds < 1) return '';
  const rest = seconds / done * (all - done);
  if (rest < 2) return 'almost done';
  return rest < 90 ? `about ${Math.round(rest)} s left` : `about ${Math.round(rest / 60)} min left`;
}
