// How a picture is cut into overlapping tiles so that tiled equals whole: the geometry of
// inference/tiles.py, whose numbers the tests compare. Sizes are in pixels of the photo.
const LEAST_KEPT = 0.5;
const STEP = 16; // pixels between two sides that are tried

export const roundUp = (value, multiple) => Math.ceil(value / multiple) * multiple;

// One axis in the fewest equal spans of at most `tile`: { start, stop } is read, { from, to } kept.
// full: of `tile` in any case, with overlaps as large as that gives.
export function cut(length, tile, overlap, multiple, full = false) {
  if (length <= tile) return [{ start: 0, stop: length, from: 0, to: length }];
  const number = Math.ceil((length - 2 * overlap) / (tile - 2 * overlap));
  if (full) {
    const steps = (length - tile) / multiple;
    const starts = Array.from({ length: number }, (_, i) =>
      Math.floor(steps * i / (number - 1)) * multiple);
    const middles = starts.slice(1).map((start, i) => Math.floor((start + starts[i] + tile) / 2));
    return spans(starts, tile, [0, ...middles, length]);
  }
  const side = roundUp(Math.ceil((length + 2 * overlap * (number - 1)) / number), multiple);
  const starts = Array.from({ length: number }, (_, i) =>
    Math.min(i * (side - 2 * overlap), length - side));
  return spans(starts, side, [0, ...starts.slice(1).map((start) => start + overlap), length]);
}

const spans = (starts, side, edges) =>
  starts.map((start, i) => ({ start, stop: start + side, from: edges[i], to: edges[i + 1] }));

// The largest side for which several workers are done soonest: few tiles overlap little, but one that
// is left over keeps the others waiting.
export function sideFor(height, width, network, workers) {
  if (network.most) return network.most;
  let [best, least] = [network.tile, Infinity];
  for (let tile = network.tile; tile >= Math.min(STEP, network.tile); tile -= STEP) {
    const tiles = plan(height, width, { ...network, tile });
    const [{ rows, columns }] = tiles;
    const area = (rows.stop - rows.start) * (columns.stop - columns.start);
    const work = Math.ceil(tiles.length / workers) * area;
    if (work < least) [best, least] = [tile, work];
  }
  return best;
}

// The tiles of a picture, row by row: { rows, columns } of spans. tile: largest side; it grows until
// half of it is kept, but never beyond `most`, the largest picture that the network takes at once.
export function plan(height, width, { tile, overlap, multiple, most = Infinity }) {
  const margin = roundUp(overlap, multiple);
  const grown = 2 * overlap / (1 - LEAST_KEPT);
  const kept = grown <= most ? Math.trunc(2 * margin / (1 - LEAST_KEPT)) : 0;
  const least = Math.max(2 * margin + multiple, kept);
  const side = roundUp(Math.max(Math.min(tile, most), least), multiple);
  const [rows, columns] = [height, width].map((length) =>
    cut(roundUp(length, multiple), side, margin, multiple, tile >= most));
  return rows.flatMap((row) => columns.map((column) => ({ rows: row, columns: column })));
}

// A tile as one of two networks sees it: at the picture's end no farther than to its own multiple, and
// at both ends `border` pixels more, so that it gives what it gives alone. What is kept ends where the
// picture does.
export const within = ({ rows, columns }, { height, width }, { multiple, border = 0 }) =>
  ({ rows: seen(rows, height, multiple, border), columns: seen(columns, width, multiple, border) });

function seen({ start, stop, from, to }, length, multiple, border) {
  const end = roundUp(length, multiple);
  return { start: start || 0 - border, stop: stop < end ? stop : end + border, from, to: Math.min(to, length) };
}
