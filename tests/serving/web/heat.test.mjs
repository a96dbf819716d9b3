import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heatOf, inventionOf } from '../../../sr_app/serving/web/heat.js';

const grey = (width, height, value) => ({
  width, height, data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 255 : value(i >> 2)),
});

test('nothing invented is dark and lets the picture through, much is yellow', () => {
  assert.deepEqual(heatOf(0), [13, 8, 135, 255 * 0.55]);
  assert.deepEqual(heatOf(16), [204, 71, 120, 255 * 0.95]);
  assert.deepEqual(heatOf(200).slice(0, 3), [240, 249, 33]);
});

test('the share counts pixels, the map shows means of blocks', async () => {
  const ends = [grey(6, 4, () => 100), grey(6, 4, (at) => (at % 6 < 3 ? 100 : 110))];
  const { picture, share, mean } = await inventionOf(ends, 6);
  assert.deepEqual([picture.width, picture.height, share, mean], [3, 2, 0.5, 5]);
  const [none, half, all] = [0, 1, 2].map((x) => picture.data[4 * x + 3]);
  assert.ok(none < half && half < all);
});

test('a small picture is mapped pixel by pixel', async () => {
  const ends = [grey(3, 2, () => 0), grey(3, 2, (at) => 10 * at)];
  const { picture, share } = await inventionOf(ends, 100);
  assert.deepEqual([picture.width, picture.height], [3, 2]);
  assert.equal(share, 5 / 6);
});
