// From pixels to what networks take, and back. A picture is { width, height, data } with four bytes
// for each pixel; networks take planes of floats from 0 to 1, red, green and blue.

// A tile's planes; beyond the picture it is mirrored, the edge included.
export function planesOf({ width, height, data }, { rows, columns }) {
  const [high, wide] = [rows.stop - rows.start, columns.stop - columns.start];
  const planes = new Float32Array(3 * high * wide);
  const plane = high * wide;
  for (let y = 0; y < high; y++) {
    const row = mirrored(rows.start + y, height) * width;
    for (let x = 0; x < wide; x++) {
      const from = 4 * (row + mirrored(columns.start + x, width));
      const to = y * wide + x;
      planes[to] = data[from] / 255;
      planes[to + plane] = data[from + 1] / 255;
      planes[to + 2 * plane] = data[from + 2] / 255;
    }
  }
  return { planes, height: high, width: wide };
}

// Counting on beyond the last pixel, and back again; before the first one likewise.
function mirrored(at, length) {
  const turn = (at < 0 ? -1 - at : at) % (2 * length);
  return turn < length ? turn : 2 * length - 1 - turn;
}

// What a tile keeps of a network's output, four bytes for each pixel; null for a value that is no
// number.
export function keptOf(output, scale, { rows, columns }) {
  const [high, wide] = [rows.to - rows.from, columns.to - columns.from].map((side) => scale * side);
  const [top, left] = [rows.from - rows.start, columns.from - columns.start].map((at) => scale * at);
  const [tall, broad] = [rows.stop - rows.start, columns.stop - columns.start].map((at) => scale * at);
  const plane = tall * broad;
  const kept = new Uint8ClampedArray(4 * high * wide);
  let sum = 0;
  for (let y = 0, to = 0; y < high; y++) {
    const row = (top + y) * broad + left;
    for (let from = row; from < row + wide; from++, to += 4) {
      for (let c = 0; c < 3; c++) {
        const value = output[from + c * plane];
        sum += value;
        kept[to + c] = level(value);
      }
      kept[to + 3] = 255;
    }
  }
  return Number.isFinite(sum) ? kept : null;
}

// Rounded half up, as the command line does it; a clamped array rounds halves to even.
const level = (value) => Math.floor(255 * value + 0.5);

// Puts a tile's kept part into the result; what lies beyond it is left out.
export function paste(result, kept, scale, { rows, columns }) {
  const wide = scale * (columns.to - columns.from);
  const [top, left] = [scale * rows.from, scale * columns.from];
  const high = Math.min(scale * (rows.to - rows.from), result.height - top);
  const seen = Math.min(wide, result.width - left);
  for (let y = 0; y < high; y++) {
    const line = kept.subarray(4 * y * wide, 4 * (y * wide + seen));
    result.data.set(line, 4 * ((top + y) * result.width + left));
  }
}

// Side of the blocks by which a picture of at most `most` pixels is left.
export function stepFor(width, height, most) {
  let step = 1;
  while (Math.ceil(width / step) * Math.ceil(height / step) > most) step++;
  return step;
}

// Means of blocks of step by step pixels, for an overview of at most `most` pixels. breathe: gives a
// promise that is waited for between some rows, so that a large picture does not stop the page.
export async function shrunk({ width, height, data }, most, breathe = () => {}) {
  const step = stepFor(width, height, most);
  if (step === 1) return { width, height, data };
  const [wide, high] = [Math.ceil(width / step), Math.ceil(height / step)];
  const small = { width: wide, height: high, data: new Uint8ClampedArray(4 * wide * high) };
  for (let y = 0; y < high; y++) {
    if (y % 32 === 31) await breathe();
    for (let x = 0; x < wide; x++) {
      const sums = [0, 0, 0, 0];
      const [bottom, right] = [Math.min(height, (y + 1) * step), Math.min(width, (x + 1) * step)];
      for (let j = y * step; j < bottom; j++) {
        for (let i = x * step; i < right; i++) {
          for (let c = 0; c < 4; c++) sums[c] += data[4 * (j * width + i) + c];
        }
      }
      const count = (bottom - y * step) * (right - x * step);
      for (let c = 0; c < 4; c++) small.data[4 * (y * wide + x) + c] = sums[c] / count;
    }
  }
  return small;
}

// A part of a picture.
export function partOf({ width, height, data }, left, top, side) {
  const [wide, high] = [Math.min(side, width - left), Math.min(side, height - top)];
  const part = { width: wide, height: high, data: new Uint8ClampedArray(4 * wide * high) };
  for (let y = 0; y < high; y++) {
    const from = 4 * ((top + y) * width + left);
    part.data.set(data.subarray(from, from + 4 * wide), 4 * y * wide);
  }
  return part;
}
