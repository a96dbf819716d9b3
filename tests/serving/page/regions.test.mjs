import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NONE, Regions } from '../../../sr_app/serving/page/regions.js';

const close = (value, expected, slack = 1e-6) =>
  assert.ok(Math.abs(value - expected) <= slack, `${value}, not ${expected}`);

function painted(value = 1) {
  const regions = new Regions({ width: 100, height: 60 }, 512);
  const stroke = regions.begin(value);
  regions.draw(stroke, [20, 30], [70, 30], 8);
  regions.measure();
  return regions;
}

test('a map has at most so many cells a side, in the shape of the picture', () => {
  const small = new Regions({ width: 100, height: 60 }, 512);
  assert.deepEqual([small.width, small.height], [100, 60]);
  const large = new Regions({ width: 8000, height: 1000 }, 512);
  assert.deepEqual([large.width, large.height], [512, 64]);
  assert.equal(large.painted, false);
});

test('a stroke is full along its line, soft at its edge, and nothing beyond', () => {
  const { cover, width } = painted();
  const at = (x, y) => cover[y * width + x];
  close(at(40, 30), 1);
  assert.ok(at(40, 36) > 0 && at(40, 36) < 1);
  assert.equal(at(40, 40), 0);
  assert.equal(at(5, 30), 0);
});

test('where a stroke crosses itself it paints no more than once', () => {
  const regions = new Regions({ width: 50, height: 50 }, 512);
  const stroke = regions.begin(1);
  regions.draw(stroke, [10, 25], [40, 25], 9);
  const once = regions.cover.slice();
  regions.draw(stroke, [40, 25], [10, 25], 9);
  assert.deepEqual(regions.cover, once);
});

test('the slider moves what is not painted', () => {
  const regions = painted(0);
  const cells = regions.mixed(0.8);
  assert.equal(cells[0], 204);
  assert.equal(cells[30 * 100 + 40], 0);
});

test('two masks that no slider changes give the map of any place of it', () => {
  for (const value of [0, 0.6, 1]) {
    const regions = painted(value);
    const [own, rest] = regions.masks();
    for (const t of [0, 0.3, 1]) {
      regions.mixed(t).forEach((cell, i) => {
        const [a, b] = [own[4 * i + 3] / 255, rest[4 * i + 3] / 255];
        close(255 * (a + t * b * (1 - a)), cell, 1.6);
      });
    }
  }
});

test('the eraser gives a region back, and a snapshot too', () => {
  const regions = painted();
  const before = regions.snapshot();
  const stroke = regions.begin(NONE);
  regions.draw(stroke, [20, 30], [70, 30], 20);
  regions.measure();
  close(regions.cover[30 * 100 + 40], 0);
  regions.restore(before);
  close(regions.cover[30 * 100 + 40], 1);
  regions.clear();
  assert.equal(regions.painted, false);
});

test('how much was painted is measured', () => {
  const regions = painted();
  assert.equal(regions.most, 1);
  assert.ok(regions.part > 0.08 && regions.part < 0.2, String(regions.part));
});

test('the map is sent as bytes, row by row', () => {
  const regions = painted();
  const [height, width, text] = regions.packed(0.2);
  assert.deepEqual([height, width], [60, 100]);
  const bytes = Buffer.from(text, 'base64');
  assert.deepEqual(Uint8Array.from(bytes), regions.mixed(0.2));
});

test('the screen is stretched between the centres of the cells', () => {
  const regions = new Regions({ width: 2, height: 1 }, 512);
  regions.draw(regions.begin(1), [2, 0.5], [2, 0.5], 0.6);
  regions.cover[0] = 0;
  regions.cover[1] = 1;
  regions.worth[1] = 1;
  regions.measure();
  const spot = { left: 0, top: 0, width: 8, height: 4 };
  const places = regions.placesIn({ x: 0, y: 0, width: 8, height: 4 }, spot, 1);
  const shares = regions.stretched(regions.mixed(0), places, 1, 0, 8);
  assert.deepEqual([...shares], [0, 0, 32, 96, 160, 224, 256, 256]);
});

test('a row without paint is left to the slider', () => {
  const regions = painted();
  const spot = { left: 0, top: 0, width: 100, height: 60 };
  const places = regions.placesIn({ x: 0, y: 0, width: 100, height: 60 }, spot, 1);
  assert.equal(regions.stretched(regions.mixed(0.5), places, 3, 0, 100), null);
  assert.ok(regions.stretched(regions.mixed(0.5), places, 30, 0, 100));
});

test('colours tell faithful from vivid and show nothing else', () => {
  const bytes = painted(0).colours(30, 31);
  assert.deepEqual(Array.from(bytes.slice(4 * 40, 4 * 40 + 3)), [64, 140, 255]);
  assert.equal(bytes[3], 0);
});
