import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mix, mixAlike, mixEach } from '../../../sr_app/serving/page/mixing.js';

// The same with plain arithmetic on one channel.
function expected(p, q, k) {
  let word = 0;
  for (const shift of [0, 8, 16, 24]) {
    const [a, b] = [(p >>> shift) & 255, (q >>> shift) & 255];
    word |= ((a * (256 - k) + b * k + 128) >> 8) << shift;
  }
  return word;
}

test('every channel is blended by itself, without a carry into the next', () => {
  let seed = 1;
  const random = () => (seed = Math.imul(seed, 1103515245) + 12345) | 0;
  for (let i = 0; i < 5000; i++) {
    const [p, q, k] = [random(), random(), (random() >>> 8) % 257];
    assert.equal(mix(p, q, k), expected(p, q, k), `${p} ${q} ${k}`);
  }
});

test('both ends are exact', () => {
  assert.equal(mix(0x7f01ff80, 0x00ff0011, 0), 0x7f01ff80);
  assert.equal(mix(0x7f01ff80, 0x00ff0011, 256), 0x00ff0011);
  assert.equal(mix(-1, -1, 77), -1);
});

test('a range is blended with one share or with its own, and nothing beside it', () => {
  const faithful = Int32Array.from([0, 0, 0, 0]);
  const vivid = Int32Array.from([255, 255, 255, 255]);
  const words = new Int32Array(4);
  mixAlike({ words, faithful, vivid }, 1, 3, 128);
  assert.deepEqual([...words], [0, 128, 128, 0]);
  mixEach({ words, faithful, vivid }, 0, 2, [9, 0, 256], 1);
  assert.deepEqual([...words], [0, 255, 128, 0]);
});
