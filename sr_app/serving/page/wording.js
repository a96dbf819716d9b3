// What the page says of the slider's position and of numbers, in photographers' words.

// How far a blend at t is from the photo, in dB, from the ends' errors alone: see
// inference/consistency.py, error_moments.
export function decibel(errors, t) {
  const [first, mixed, last] = errors;
  const square = (1 - t) ** 2 * first + 2 * t * (1 - t) * mixed + t ** 2 * last;
  return square > 0 ? Math.min(99, -10 * Math.log10(square)) : 99;
}

export function agreement(level) {
  const kind = level >= 45 ? 'very well' : level >= 40 ? 'well' : 'roughly';
  return `${kind} (${level.toFixed(0)} dB): what the result gives when it is shrunk again`;
}

function percent(share) {
  if (share === 0) return 'no';
  return share < 0.005 ? 'less than 1 %' : `${Math.round(100 * share)} %`;
}

// The slider's place, and which part of the picture is visibly invented there.
export function placeText(value, invented) {
  if (value === 0) return 'Faithful: least error, no detail added';
  const place = value === 100 ? 'Vivid' : value === 50 ? 'Halfway' : `${value} % vivid`;
  const share = invented[value];
  if (!share) return `${place}: no visible detail invented`;
  return `${place}: visible detail invented in ${percent(share)} of the picture`;
}

// The same where some of the picture was painted.
export function paintedText(value, part) {
  const place = value === 0 ? 'Faithful' : value === 100 ? 'Vivid' : `${value} % vivid`;
  const portion = part < 0.01 ? 'less than 1 %' : `${Math.round(100 * part)} %`;
  return `${place}, but for the ${portion} that you painted`;
}

export function mapText(map, turns) {
  return `${percent(map.share)} of the picture visibly invented; ${map.mean.toFixed(1)} levels on `
    + `average${turns ? ', flips and turns included' : ''}.`;
}

export function fileSize(bytes) {
  return bytes >= 1e5 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

export function tooLarge(most, received) {
  const mega = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  return `The file is too large: at most ${mega(most)}, received ${mega(received)}. `
    + 'Save it smaller, or use the command line.';
}
