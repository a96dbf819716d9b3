import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Strip } from '../../../sr_app/serving/page/strip.js';
import { open } from './document.mjs';
import { speak } from './english.mjs';

speak('en');

const result = (token, source, more = {}) =>
  ({ token, source, name: `${source}.jpg`, made: '2×', thumbnail: `/${token}.png`, saved: false, ...more });
const RESULTS = [result('a1', 'a'), result('a2', 'a', { made: '4×' }), result('b1', 'b', { saved: true })];

let page, strip, done;
beforeEach(() => {
  page = open();
  done = [];
  const note = (name) => (...what) => done.push([name, ...what]);
  strip = new Strip(page.element, { act: note('act'), fetch: note('fetch'), compare: note('compare') });
});

const item = (index) => page.find('.strip ul').children[index];
const tools = (index) => item(index).querySelectorAll('.acts button');
const said = () => (page.find('.strip p').hidden ? null : page.find('.strip p').textContent);

test('each result is there with its name, and the shown one is marked', () => {
  strip.show([], null, null);
  assert.equal(page.find('.strip').hidden, true);
  strip.show(RESULTS, 'a2', null);
  assert.equal(page.find('.strip').hidden, false);
  assert.deepEqual([0, 1, 2].map((index) => item(index).querySelector('span').textContent),
    ['a.jpg, 2×', 'a.jpg, 4×', 'b.jpg, 2×']);
  assert.deepEqual([0, 1, 2].map((index) => item(index).querySelector('.thumb').getAttribute('aria-current')),
    ['false', 'true', 'false']);
});

test('any two can be compared, of the same photo or not, but none with itself', () => {
  strip.show(RESULTS, 'a1', null);
  assert.deepEqual([0, 1, 2].map((index) => tools(index)[1].disabled), [true, false, false]);
  tools(2)[1].click();
  tools(0)[1].click();
  assert.deepEqual(done, [['compare', 'b1']]);
  strip.show(RESULTS, null, null);
  assert.equal(tools(0)[1].disabled, true, 'with a photo there is nothing to compare');
});

test('a second press ends it, and a line says what is compared', () => {
  strip.show(RESULTS.slice(0, 1), 'a1', null);
  assert.equal(said(), null, 'with one there is nothing to compare');
  strip.show(RESULTS, 'a1', null);
  assert.match(said(), /compares a result with the one shown, of another photo too/);
  strip.show(RESULTS, 'a1', 'b1');
  assert.match(said(), /b\.jpg, 2× and a\.jpg, 2×/);
  assert.equal(tools(2)[1].getAttribute('aria-pressed'), 'true');
  tools(2)[1].click();
  assert.deepEqual(done, [['compare', null]]);
});

test('what is pressed is shown, fetched or removed, and an unsaved one says so', () => {
  strip.show(RESULTS, 'a1', null);
  item(1).querySelector('.thumb').click();
  tools(1)[0].click();
  tools(2)[2].click();
  assert.deepEqual(done, [['act', 'show', 'a2'], ['fetch', RESULTS[1]], ['act', 'drop', 'b1']]);
  assert.deepEqual([tools(1)[2].title, tools(2)[2].title], ['Remove without downloading', 'Remove']);
  assert.deepEqual([tools(1), tools(2)].map(([first]) => first.classList.contains('done')), [false, true]);
});

test('the keyboard goes on where it was; after a removal, at the next result', () => {
  strip.show(RESULTS, 'a1', null);
  tools(2)[1].focus();
  strip.show(RESULTS, 'a1', 'b1');
  assert.equal(document.activeElement, tools(2)[1]);
  tools(1)[2].focus();
  strip.show([RESULTS[0], RESULTS[2]], 'a1', 'b1');
  assert.equal(document.activeElement, tools(1)[2]);
  strip.show([RESULTS[0]], 'a1', null);
  assert.equal(document.activeElement, tools(0)[2], 'the last one, where there is no next');
  tools(0)[1].focus();
  strip.show(RESULTS, 'a1', null);
  assert.equal(document.activeElement, item(0).querySelector('.thumb'), 'not on a button that cannot be pressed');
});

test('nothing is drawn anew where nothing changed', () => {
  strip.show(RESULTS, 'a1', null);
  const first = item(0);
  strip.show(structuredClone(RESULTS), 'a1', null);
  assert.equal(item(0), first);
  strip.show([{ ...RESULTS[0], saved: true }, ...RESULTS.slice(1)], 'a1', null);
  assert.notEqual(item(0), first);
});
