import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Regions } from '../../../sr_app/serving/page/regions.js';
import { blendedRows, fileName } from '../../../sr_app/serving/web/saving.js';

const [width, height] = [40, 30];
const grey = (value) => ({
  width, height, data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 255 : value),
});
const ends = [grey(10), grey(210)];

test('the ends are themselves, and between them it is linear', () => {
  const at = (share) => blendedRows(ends, { share, regions: null }, 3, 5);
  assert.deepEqual(at(0), ends[0].data.slice(0, 8 * width));
  assert.deepEqual(at(1), ends[1].data.slice(0, 8 * width));
  assert.deepEqual([at(0.3)[0], at(0.3)[3], at(0.3).length], [70, 255, 8 * width]);
});

test('one network alone has no slider', () => {
  assert.deepEqual(blendedRows([ends[1]], { share: 0.5, regions: null }, 0, 1)[0], 210);
});

test('what was painted keeps its own share, in every band alike', () => {
  const regions = new Regions({ width, height }, 512);
  const stroke = regions.begin(1);
  regions.draw(stroke, [20, 15], [20, 15], 8);
  regions.measure();
  const whole = blendedRows(ends, { share: 0, regions }, 0, height);
  assert.equal(whole[4 * (15 * width + 20)], 210);
  assert.equal(whole[0], 10);
  const part = blendedRows(ends, { share: 0, regions }, 12, 18);
  assert.deepEqual(part, whole.subarray(4 * 12 * width, 4 * 18 * width));
});

test('a file is named after its photo and the place of the slider', () => {
  const name = (place, count = 2) => fileName('my.photo.jpg', 4, { regions: null, share: 0, ...place }, count);
  assert.equal(name({ share: 0.3 }), 'my.photo_x4_vivid30.png');
  assert.equal(name({ regions: {} }), 'my.photo_x4_vivid_painted.png');
  assert.equal(name({}, 1), 'my.photo_x4.png');
});
