import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inside, mixed, moved, ordered } from '../../../sr_app/serving/page/trial.js';
import { speak } from './english.mjs';

speak('en');

test('pictures zoom around their middle and never leave the region', () => {
  const start = { zoom: 1, x: 0.5, y: 0.5 };
  assert.deepEqual(moved(start, { dx: 0.4 }), start, 'all of it is seen');
  const near = moved(start, { by: 4 });
  assert.deepEqual(near, { zoom: 4, x: 0.5, y: 0.5 });
  assert.equal(moved(near, { dx: 0.4 }).x, 0.4, 'a drag follows the pointer');
  assert.equal(moved(near, { dx: 9 }).x, 0.125);
  assert.equal(moved(near, { by: 100 }).zoom, 8);
  assert.deepEqual(moved({ zoom: 4, x: 0.125, y: 0.9 }, { by: 0.01 }), start);
});

test('the frame stays on the photo', () => {
  const photo = { width: 400, height: 300 };
  assert.deepEqual(inside([-20, 150, 200, 200], photo), [0, 100, 200, 200]);
  assert.deepEqual(inside([50, 60, 200, 200], photo), [50, 60, 200, 200]);
});

test('what is proposed comes first', () => {
  const ways = [{ kind: 'clean' }, { kind: 'real' }];
  assert.deepEqual(ordered(ways, 'real').map(({ kind }) => kind), ['real', 'clean']);
  assert.deepEqual(ordered(ways, undefined), ways);
});

test('a blend is a sum of parts, and an end is one picture alone', () => {
  assert.deepEqual(mixed(['f', 'v'], 0), [['f', 1]]);
  assert.deepEqual(mixed(['f', 'v'], 0.5), [['f', 0.5], ['v', 0.5]]);
  assert.deepEqual(mixed(['f', 'v'], 1), [['v', 1]]);
  assert.deepEqual(mixed(['f'], 0), [['f', 1]]);
});
