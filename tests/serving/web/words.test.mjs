import assert from 'node:assert/strict';
import { test } from 'node:test';
import { megapixels, remaining } from '../../../sr_app/serving/web/words.js';

test('a tenth of a megapixel matters in small pictures', () => {
  assert.equal(megapixels({ width: 2048, height: 2048 }), '4.2 megapixels');
  assert.equal(megapixels({ width: 6000, height: 4000 }), '24 megapixels');
});

test('the time left, from what was done', () => {
  assert.equal(remaining(5, 10, 20), 'about 20 s left');
  assert.equal(remaining(1, 31, 10), 'about 5 min left');
  assert.equal(remaining(9, 10, 9), 'almost done');
});

test('nothing is said that is not known yet, nor at the end', () => {
  assert.deepEqual([remaining(1, 10, 0.5), remaining(0, 10, 20), remaining(10, 10, 20)], ['', '', '']);
});
