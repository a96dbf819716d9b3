// The file of a result: the blend of its ends where the slider stands, row by row, packed as PNG by
// a worker.
import { mixEach } from '../page/mixing.js';
import { Hand } from './pool.js';

const ROWS = 64;

// Rows from `from` up to `to` of a result or of the blend of two. place: { share, regions }, the
// slider from 0 to 1 and what was painted, or null.
export function blendedRows(results, { share, regions }, from, to) {
  const { width } = results[0];
  const [faithful, vivid] = results.map(({ data }) => data.subarray(4 * width * from, 4 * width * to));
  if (!vivid || (share === 0 && !regions)) return faithful.slice();
  const rows = new Uint8ClampedArray(faithful.length);
  if (regions) return painted(rows, faithful, vivid, results[0], regions, share, from, to);
  for (let i = 0; i < rows.length; i++) {
    rows[i] = Math.floor(faithful[i] + share * (vivid[i] - faithful[i]) + 0.5);
  }
  return rows;
}

function painted(rows, faithful, vivid, { width, height }, regions, share, from, to) {
  const words = (bytes) => new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const layers = { words: words(rows), faithful: words(faithful), vivid: words(vivid) };
  const spot = { left: 0, top: 0, width, height };
  const places = regions.placesIn({ x: 0, y: from, width, height: to - from }, spot, 1);
  const cells = regions.mixed(share);
  for (let y = 0; y < to - from; y++) {
    const shares = regions.stretched(cells, places, y, 0, width)
      ?? new Uint16Array(width).fill(Math.round(256 * share));
    mixEach(layers, y * width, (y + 1) * width, shares, 0);
  }
  return rows;
}

// The result's PNG file, as a Blob.
export async function pngOf(results, place) {
  const { width, height } = results[0];
  const hand = packer();
  await hand.ask({ width, height });
  for (let y = 0; y < height; y += ROWS) {
    const rows = blendedRows(results, place, y, Math.min(height, y + ROWS));
    await hand.ask({ rows }, [rows.buffer]);
  }
  return new Blob(await hand.ask({ end: true }), { type: 'image/png' });
}

// The worker that packs, which is there from the start: later nothing may be asked for.
let packing = null;
export function packer() {
  packing ??= new Hand(new Worker(new URL('./packer.js', import.meta.url), { type: 'module' }));
  return packing;
}

// The file's name: the photo's, the factor, and where the slider stood.
export function fileName(photo, scale, { share, regions }, ends) {
  const stem = photo.replace(/\.[^.]*$/, '') || 'photo';
  const place = regions ? '_painted' : Math.round(100 * share);
  return `${stem}_x${scale}${ends > 1 ? `_vivid${place}` : ''}.png`;
}
