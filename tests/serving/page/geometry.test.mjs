import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dividerAt, likewise, nearer, placeOf, tilesInView, windowOf } from '../../../sr_app/serving/page/geometry.js';

const room = { width: 800, height: 600 };

test('a picture that fits lies in the middle', () => {
  const spot = placeOf({ zoom: 'fit', x: 0, y: 0 }, { width: 400, height: 200 }, room, 1);
  assert.deepEqual(spot, { left: 0, top: 100, width: 800, height: 400, scale: 2, pans: false });
});

test('at 100 % a pixel of the picture is one of the screen, on whole pixels', () => {
  const picture = { width: 1999, height: 1501 };
  const spot = placeOf({ zoom: 1, x: 1000.3, y: 700.7 }, picture, room, 2);
  assert.equal(spot.scale, 0.5);
  assert.equal(spot.pans, true);
  assert.equal(spot.left * 2, Math.round(spot.left * 2));
});

test('a view never leaves the picture', () => {
  const picture = { width: 2000, height: 1500 };
  const first = placeOf({ zoom: 1, x: 0, y: 0 }, picture, room, 1);
  assert.deepEqual([first.left, first.top], [0, 0]);
  const last = placeOf({ zoom: 1, x: 2000, y: 1500 }, picture, room, 1);
  assert.deepEqual([last.left, last.top], [800 - 2000, 600 - 1500]);
});

test('tiles are asked for where they are seen', () => {
  const picture = { width: 2000, height: 1500, tile: 768 };
  const spot = placeOf({ zoom: 1, x: 1000, y: 750 }, picture, room, 1);
  assert.deepEqual(tilesInView(spot, picture, room), { left: 0, top: 0, right: 1, bottom: 1 });
  const end = placeOf({ zoom: 1, x: 2000, y: 1500 }, picture, room, 1);
  assert.deepEqual(tilesInView(end, picture, room), { left: 1, top: 1, right: 2, bottom: 1 });
  const whole = placeOf({ zoom: 'fit', x: 0, y: 0 }, picture, room, 1);
  assert.deepEqual(tilesInView(whole, picture, room), { left: 0, top: 0, right: 2, bottom: 1 });
});

test('the divider stays on the picture', () => {
  const spot = { left: 200, width: 400 };
  assert.equal(dividerAt(0, spot, room).at, 200);
  assert.equal(dividerAt(1, spot, room).at, 600);
  assert.equal(dividerAt(0.5, spot, room).percent, 50);
  const wide = { left: -600, width: 2000 };
  assert.deepEqual(dividerAt(0.5, wide, room), { at: 400, from: 0, to: 800, percent: 50 });
});

test('nearer keeps the point under the pointer, and further ends at the whole picture', () => {
  const picture = { width: 2000, height: 1500 };
  const at = { x: 500, y: 200 };
  const under = (view) => {
    const spot = placeOf(view, picture, room, 1);
    return [(at.x - spot.left) / spot.scale, (at.y - spot.top) / spot.scale];
  };
  let view = { zoom: 1, x: 1000, y: 750, split: 0.5 };
  const before = under(view);
  for (const by of [1.3, 2, 0.9]) view = nearer(view, by, at, picture, room, 1);
  assert.ok(Math.abs(view.zoom - 2.34) < 1e-9);
  under(view).forEach((value, index) => assert.ok(Math.abs(value - before[index]) < 1));
  assert.equal(nearer(view, 100, at, picture, room, 1).zoom, 8);
  const whole = nearer(view, 0.01, at, picture, room, 1);
  assert.deepEqual(whole, { zoom: 'fit', x: 1000, y: 750, split: 0.5 });
  assert.equal(nearer(whole, 0.5, at, picture, room, 1).zoom, 'fit');
  const first = nearer(whole, 1.5, at, picture, room, 1);
  assert.ok(first.zoom > 0.4 && first.zoom < 1, 'from the whole picture it goes on smoothly');
});

test('what is in the frame is an inset of the picture', () => {
  const spot = { left: -100, top: 50, width: 1000, height: 700 };
  assert.deepEqual(windowOf(spot, room), [0, 100, 150, 100]);
  assert.deepEqual(windowOf({ left: 200, top: 100, width: 400, height: 300 }, room), [0, 0, 0, 0]);
});

test('another picture shows the same place, by its own size', () => {
  const [one, other] = [{ width: 400, height: 200 }, { width: 1000, height: 1000 }];
  const room = { width: 200, height: 200 };
  const fitted = likewise({ zoom: 'fit', x: 200, y: 100 }, one, other, room, 2);
  assert.deepEqual(fitted, { zoom: 'fit', x: 500, y: 500 });
  // Eight times the first one's fit (0.5) is eight times the other one's (0.2), on any screen.
  for (const density of [1, 2]) {
    const view = { zoom: 4 * density, x: 100, y: 150 };
    assert.deepEqual(likewise(view, one, other, room, density), { zoom: 1.6 * density, x: 250, y: 750 });
  }
});
