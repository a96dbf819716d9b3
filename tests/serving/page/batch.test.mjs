import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handle, line, shared } from '../../../sr_app/serving/page/batch.js';
import { speak } from './english.mjs';

speak('en');

test('a row that is being made is cancelled, one that failed is tried again, what is done is fetched', () => {
  assert.equal(handle({ state: 'working', photo: true }), 'cancel');
  assert.equal(handle({ state: 'waiting', photo: true }), 'cancel');
  assert.equal(handle({ state: 'cancelled', photo: true }), 'again');
  assert.equal(handle({ state: 'refused', photo: true }), 'again');
  assert.equal(handle({ state: 'refused', photo: false }), null, 'there is nothing to try');
  assert.equal(handle({ state: 'ready', photo: true }), null);
  assert.equal(handle({ state: 'done', photo: true, token: 'x' }), 'download');
});

test('a row in work says what its job says', () => {
  const row = { state: 'working', text: 'old' };
  assert.equal(line(row, { text: 'Enlarging, part 2 of 3' }), 'Enlarging, part 2 of 3');
  assert.match(line(row, null), /Opening/);
  assert.equal(line({ state: 'waiting', text: 'Waiting, done in about 9 s' }, { text: 'x' }), 'Waiting, done in about 9 s');
});

test('what "as all" means is said, of a kind that is proposed for the photo too', () => {
  const kinds = [{ key: 'clean', name: 'Clean' }, { key: 'real', name: 'Noisy' }];
  const row = { kind: 'real', own: {} };
  assert.equal(shared('scale', row, { scale: 3, size: null }, kinds), '3×, as all');
  assert.equal(shared('scale', row, { scale: 3, size: ['wide', 1920] }, kinds), 'Size of all');
  assert.equal(shared('purpose', row, { purpose: 'auto' }, kinds), 'Proposed: noisy');
  assert.equal(shared('purpose', { ...row, kind: 'auto' }, { purpose: 'auto' }, kinds), 'As proposed');
  assert.equal(shared('purpose', row, { purpose: 'clean' }, kinds), 'Clean, as all');
  assert.equal(shared('purpose', { kind: 'clean', own: { purpose: 'clean' } }, { purpose: 'auto' }, kinds), 'As proposed');
});
