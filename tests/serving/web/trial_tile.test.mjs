import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptOf } from '../../../sr_app/serving/web/pixels.js';
import { agrees, trialTile } from '../../../sr_app/serving/web/trial_tile.js';

const { planes, tile } = trialTile(32);
const kept = keptOf(planes, 1, tile); // of a network that does nothing
const levels = [Array.from({ length: 64 }, (_, turn) => {
  const at = turn * 97 % 3072;
  return ((at % 3) * 1024 + Math.floor(at / 3)) * 7919 % 256;
})];

test('the values of the tile are those that the result was made from', () => {
  assert.deepEqual([...planes.subarray(0, 3)].map((value) => Math.round(255 * value)), [0, 239, 222]);
  assert.ok(agrees([kept], { levels }));
});

test('two levels are rounding, more is another result', () => {
  const off = (by) => kept.map((value) => (value < 128 ? value + by : value - by));
  assert.ok(agrees([off(2)], { levels }));
  assert.ok(!agrees([off(3)], { levels }));
});

test('every network is looked at', () => {
  assert.ok(!agrees([kept, new Uint8ClampedArray(kept.length)], { levels: [...levels, ...levels] }));
});
