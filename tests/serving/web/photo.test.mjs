import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPhoto, seesThrough, tooMany } from '../../../sr_app/serving/web/photo.js';

test('a photo is transparent if any pixel is', () => {
  assert.ok(!seesThrough(Uint8ClampedArray.of(0, 0, 0, 255, 1, 1, 1, 255)));
  assert.ok(seesThrough(Uint8ClampedArray.of(0, 0, 0, 255, 1, 1, 1, 254)));
});

test('what the browser cannot read is named', async () => {
  globalThis.createImageBitmap = () => Promise.reject(new Error('no'));
  await assert.rejects(openPhoto({ name: 'a.tif' }, 100), /a\.tif is no picture/);
});

test('one that is too large is refused before it is drawn, and let go', async () => {
  let closed = false;
  globalThis.createImageBitmap = async () => ({ width: 3000, height: 2000, close() { closed = true; } });
  await assert.rejects(openPhoto({ name: 'a.jpg' }, 5e6), /at most 5\.0 megapixels here, received 6\.0/);
  assert.ok(closed);
  assert.match(tooMany(1000, 1000, 5e5), /at most 0\.5 megapixels here, received 1\.0/);
});
