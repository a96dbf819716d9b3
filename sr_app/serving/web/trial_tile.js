// A small tile whose result is known (serving/web_folder.py): a processor that computes something
// else, as a graphics driver may, is not used.
const STEP = 7919; // between two values of the tile
const STRIDE = 97; // between two values of the result that are compared
const MOST = 2; // grey levels

export function trialTile(side) {
  const planes = Float32Array.from({ length: 3 * side * side }, (_, i) => (i * STEP % 256) / 255);
  const span = { start: 0, stop: side, from: 0, to: side };
  return { planes, height: side, width: side, tile: { rows: span, columns: span } };
}

// parts: what each network gave, four bytes for each pixel; levels: some values of each, of three.
export function agrees(parts, { levels }) {
  return parts.every((part, end) => levels[end].every((level, turn) => {
    const at = turn * STRIDE % (part.length / 4 * 3);
    return Math.abs(part[4 * Math.floor(at / 3) + at % 3] - level) <= MOST;
  }));
}
