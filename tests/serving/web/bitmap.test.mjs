import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitmap } from '../../../sr_app/serving/web/bitmap.js';

const data = Uint8ClampedArray.from({ length: 4 * 3 * 2 }, (_, i) => i);
const file = bitmap({ width: 3, height: 2, data });
const bytes = new Uint8Array(await file.arrayBuffer());
const view = new DataView(bytes.buffer);

test('the file is as long as its header says', () => {
  assert.equal(file.type, 'image/bmp');
  assert.equal(String.fromCharCode(bytes[0], bytes[1]), 'BM');
  assert.equal(view.getUint32(2, true), bytes.length);
});

test('its size, from the top, and 32 bits for each pixel', () => {
  assert.deepEqual([view.getInt32(18, true), view.getInt32(22, true), view.getUint16(28, true)], [3, -2, 32]);
});

test('the masks find each channel of a canvas, whose bytes follow as they are', () => {
  const masks = [54, 58, 62, 66].map((at) => view.getUint32(at, true));
  const start = view.getUint32(10, true);
  const pixel = view.getUint32(start + 4, true);
  const channels = masks.map((mask, i) => (pixel & mask) >>> (8 * i));
  assert.deepEqual(channels, [4, 5, 6, 7]);
  assert.deepEqual(bytes.slice(start), new Uint8Array(data));
});
