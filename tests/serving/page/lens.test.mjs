import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spotAround } from '../../../sr_app/serving/page/lens.js';

const picture = { width: 2000, height: 1500 };

test('the point under the pointer is in the middle of the lens, as large as it is asked for', () => {
  const spot = spotAround([300, 200], 2, picture, 240);
  assert.deepEqual(spot, { left: -480, top: -280, width: 4000, height: 3000, scale: 2 });
  assert.equal((240 / 2 - spot.left) / spot.scale, 300);
});

test('at a corner the lens shows what lies beside the picture, too', () => {
  const spot = spotAround([0, 0], 2, picture, 240);
  assert.deepEqual([spot.left, spot.top], [120, 120]);
});

test('the other corner is as far as the picture is wide', () => {
  const spot = spotAround([2000, 1500], 1.5, picture, 200);
  assert.deepEqual([spot.left + spot.width, spot.top + spot.height], [100, 100]);
});
