// Where detail was invented: how far the vivid end departs from the faithful one, as colours to lay
// over the picture. The numbers are those of inference/invention.py.
import { stepFor } from './pixels.js';

const [VISIBLE, STRONG] = [8, 32]; // grey levels that count, and at which the colours end
const [DIM, OPACITY] = [0.55, 0.95];
const RAMP = [[13, 8, 135], [126, 3, 168], [204, 71, 120], [248, 149, 64], [240, 249, 33]];

// Colour and opacity of so many grey levels, as four bytes.
export function heatOf(levels) {
  const place = Math.min(levels / STRONG, 1) * (RAMP.length - 1);
  const below = Math.min(Math.floor(place), RAMP.length - 2);
  const part = place - below;
  const colour = RAMP[below].map((low, c) => (1 - part) * low + part * RAMP[below + 1][c]);
  return [...colour, 255 * (DIM + (OPACITY - DIM) * Math.min(levels / VISIBLE, 1))];
}

// Of two results: the map as a picture of at most `most` pixels; the part of all pixels that differs
// visibly; and the mean difference in grey levels. breathe: as for `shrunk`.
export async function inventionOf([faithful, vivid], most, breathe = () => {}) {
  const { width, height } = faithful;
  const step = stepFor(width, height, most);
  const [wide, high] = [Math.ceil(width / step), Math.ceil(height / step)];
  const picture = { width: wide, height: high, data: new Uint8ClampedArray(4 * wide * high) };
  let [seen, sum] = [0, 0];
  for (let y = 0; y < high; y++) {
    if (y % 32 === 31) await breathe();
    const sums = new Float64Array(wide);
    const bottom = Math.min(height, (y + 1) * step);
    for (let row = y * step; row < bottom; row++) {
      for (let x = 0; x < width; x++) {
        const apart = departure(faithful.data, vivid.data, 4 * (row * width + x));
        seen += apart >= VISIBLE;
        sums[Math.floor(x / step)] += apart;
      }
    }
    sums.forEach((value, x) => {
      const count = (bottom - y * step) * (Math.min(width, (x + 1) * step) - x * step);
      picture.data.set(heatOf(value / count), 4 * (y * wide + x));
      sum += value;
    });
  }
  return { picture, share: seen / (width * height), mean: sum / (width * height) };
}

const departure = (p, q, i) =>
  (Math.abs(p[i] - q[i]) + Math.abs(p[i + 1] - q[i + 1]) + Math.abs(p[i + 2] - q[i + 2])) / 3;
