import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitmap } from '../../../sr_app/serving/web/bitmap.js';
import { keptOf, partOf, paste, planesOf, shrunk } from '../../../sr_app/serving/web/pixels.js';
import { plan } from '../../../sr_app/serving/web/tiles.js';

const noise = (width, height) => ({
  width, height, data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 255 : (i * 2654435761) >>> 24),
});

test('tiles through a network that does nothing give the picture back', () => {
  const picture = noise(53, 37);
  const result = { width: 53, height: 37, data: new Uint8ClampedArray(picture.data.length) };
  for (const tile of plan(37, 53, { tile: 20, overlap: 3, multiple: 2 })) {
    paste(result, keptOf(planesOf(picture, tile).planes, 1, tile), 1, tile);
  }
  assert.deepEqual(result.data, picture.data);
});

test('beyond the picture it is mirrored, the edge included', () => {
  const picture = noise(3, 3);
  const span = { start: 0, stop: 4, from: 0, to: 4 };
  const { planes } = planesOf(picture, { rows: span, columns: span });
  assert.deepEqual([planes[3], planes[12]], [planes[2], planes[8]]);
});

test('values are rounded half up and held between 0 and 255', () => {
  const span = { start: 0, stop: 2, from: 0, to: 2 };
  const tile = { rows: span, columns: span };
  const output = new Float32Array(12).fill(-1);
  output.set([2, 0.5, 2.5 / 255, 1]);
  const kept = keptOf(output, 1, tile);
  assert.deepEqual([kept[0], kept[4], kept[8], kept[12], kept[1]], [255, 128, 3, 255, 0]);
});

test('a value that is no number is noticed', () => {
  const span = { start: 0, stop: 1, from: 0, to: 1 };
  const tile = { rows: span, columns: span };
  assert.equal(keptOf(Float32Array.of(0, NaN, 0), 1, tile), null);
  assert.equal(keptOf(Float32Array.of(0, Infinity, 0), 1, tile), null);
});

test('an overview is the mean of blocks, and a small picture itself', async () => {
  const picture = noise(5, 3);
  assert.equal((await shrunk(picture, 15)).data, picture.data);
  const small = await shrunk(picture, 6);
  assert.deepEqual([small.width, small.height], [3, 2]);
  const first = [0, 4, 20, 24].reduce((sum, at) => sum + picture.data[at], 0) / 4;
  assert.ok(Math.abs(small.data[0] - first) <= 0.5);
});

test('a part ends where the picture ends', () => {
  const picture = noise(5, 3);
  const part = partOf(picture, 3, 1, 4);
  assert.deepEqual([part.width, part.height], [2, 2]);
  assert.deepEqual(part.data.subarray(8), picture.data.subarray(4 * 13, 4 * 15));
});

test('a bitmap is a header and the bytes as they are', async () => {
  const picture = noise(3, 2);
  const bytes = new Uint8Array(await bitmap(picture).arrayBuffer());
  assert.equal(String.fromCharCode(bytes[0], bytes[1]), 'BM');
  assert.deepEqual(bytes.subarray(122), Uint8Array.from(picture.data));
});
