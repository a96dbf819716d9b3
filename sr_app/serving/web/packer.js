// A worker that packs rows into a PNG file, so that the page does not stand still.
import { PngWriter } from './png.js';

let writer = null;

const tell = (message, transfer = []) => self.postMessage(message, transfer);

self.addEventListener('message', async ({ data: { number, width, height, rows, end } }) => {
  try {
    if (rows) await writer.write(rows);
    else if (!end) writer = new PngWriter(width, height);
    tell({ number, parts: end ? await writer.end() : [] });
  } catch (error) {
    tell({ number, failed: String(error?.message ?? error) });
  }
});
