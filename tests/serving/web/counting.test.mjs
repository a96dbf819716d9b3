import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counting } from '../../../sr_app/serving/web/counting.js';

const grey = (...values) => Uint8ClampedArray.from(values.flatMap((v) => [v, v, v, 255]));
const counted = (...parts) => {
  const counting = new Counting();
  for (const [faithful, vivid] of parts) counting.add(grey(...faithful), grey(...vivid));
  return counting.shares();
};

test('what is visibly invented is counted at each percent', () => {
  const shares = counted([[0, 0, 0, 0], [0, 8, 16, 255]]);
  assert.deepEqual([shares[0], shares[3], shares[4], shares[49], shares[50], shares[99], shares[100]],
    [0, 0, 0.25, 0.25, 0.5, 0.5, 0.75]);
  assert.equal(shares.length, 101);
});

test('parts of a picture count together, darker or brighter alike', () => {
  const whole = counted([[100, 100, 7, 7], [90, 110, 7, 255]]);
  assert.deepEqual(counted([[100], [90]], [[100, 7, 7], [110, 7, 255]]), whole);
  assert.deepEqual([whole[79], whole[80]], [0.25, 0.75]);
});

test('ends that are alike invent nothing', () => {
  assert.ok(counted([[1, 2, 3], [1, 2, 3]]).every((share) => share === 0));
});
