import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ResultCard } from '../../../sr_app/serving/page/result.js';
import { open, wait } from './document.mjs';
import { speak } from './english.mjs';

speak('en');

const FORMATS = [
  { key: 'same', name: 'As the photo' }, { key: 'png', name: 'PNG' }, { key: 'jpeg', name: 'JPEG', quality: true },
];
const shown = (token, more = {}) => ({
  token, own: 'png', facts: `${token}, made in 1 s`, notes: [], details: [['Network', 'x2']], errors: [1e-4, 1e-4, 1e-4], ...more,
});

let page, card, asked, done, places, answer;
beforeEach(() => {
  page = open();
  [asked, done, places] = [[], [], {}];
  answer = { url: '/f.png', name: 'f.png', bytes: 2500000, notes: [] };
  const ask = (name) => async (request) => { asked.push([name, request]); return typeof answer === 'function' ? answer() : answer; };
  card = new ResultCard(page.element, { formats: FORMATS }, {
    server: { finish: ask('finish'), bundle: ask('bundle'), naturalness: ask('naturalness') },
    act: (...what) => done.push(what), tell: (text) => done.push(['tell', text]), gone: () => done.push(['gone']),
    place: ({ token }) => places[token] ?? 0,
  });
  card.fetch = (made) => done.push(['fetched', made.url]);
});

const text = (selector) => page.find(selector).textContent;
const told = (name) => done.filter(([first]) => first === name);
function choose(key, quality) {
  page.find('#format').value = key;
  page.find('#format').fire('change');
  if (quality) page.find('#quality input').value = quality;
}

test('without a result there is no card; with one, its facts and details', () => {
  card.show(null);
  assert.equal(page.find('#result').hidden, true);
  card.show(shown('a', { notes: ['EXIF is left out.'] }));
  assert.equal(page.find('#result').hidden, false);
  assert.deepEqual([text('#facts'), text('#notes'), text('#details dl')], ['a, made in 1 s', 'EXIF is left out.', 'Networkx2']);
});

test('how well it agrees follows the slider: -10 log10 of the error, or that it was painted', () => {
  card.show(shown('a', { errors: [1e-4, 1e-4, 1e-3] }));
  assert.match(text('#agreement'), /^well \(40 dB\)/);
  places.a = 100;
  card.moved();
  assert.match(text('#agreement'), /^roughly \(30 dB\)/);
  places.a = [1, 1, 'AA=='];
  card.moved();
  assert.match(text('#agreement'), /painted/);
});

test('a quality is offered where the file has one, also by the format of the photo', () => {
  card.show(shown('a'));
  assert.equal(page.find('#quality').hidden, true, 'a PNG as the photo');
  choose('jpeg');
  assert.equal(page.find('#quality').hidden, false);
  choose('same');
  assert.equal(page.find('#quality').hidden, true);
  card.show(shown('b', { own: 'jpeg' }));
  assert.equal(page.find('#quality').hidden, false, 'a JPEG as the photo');
});

test('a download asks for place, format and quality, and marks the result as saved', async () => {
  card.show(shown('a'));
  choose('jpeg', 80);
  places.a = 30;
  page.find('#download').click();
  assert.equal(page.find('#download').disabled, true);
  card.download(shown('b'));
  await wait();
  assert.deepEqual(asked, [['finish', ['a', 30, 'jpeg', 80]]], 'one at a time');
  assert.deepEqual([told('fetched'), told('saved')], [[['fetched', '/f.png']], [['saved', 'a']]]);
  assert.equal(text('#made'), 'f.png, 2.5 MB');
  assert.equal(page.find('#download').disabled, false);
  assert.equal(done.filter(([first]) => first === 'tell').at(-1)[1], '', 'nothing is said to be written any more');
});

test('a file that is refused, gone or not answered is said, and nothing is marked', async () => {
  card.show(shown('a'));
  const answers = [{ refused: 'Too large.' }, null, () => { throw new Error('network'); }];
  for (const one of answers) {
    answer = one;
    await card.download(card.shown);
  }
  assert.deepEqual(told('refuse'), [['refuse', 'Too large.'], ['refuse', 'The page did not answer. Try again.']]);
  assert.equal(told('gone').length, 1);
  assert.deepEqual([told('saved'), told('fetched')], [[], []]);
  assert.equal(page.find('#download').disabled, false);
});

test('one file of several results: each at its place, those that fail are named', async () => {
  places.b = 70;
  answer = { url: '/all.zip', name: 'all.zip', bytes: 1, tokens: ['a'], refused: ['b: could not be written.'] };
  await card.bundle([shown('a'), shown('b')]);
  assert.deepEqual(asked, [['bundle', [[['a', 0], ['b', 70]], 'same', 95]]]);
  assert.deepEqual([told('fetched'), told('saved'), told('refuse')],
    [[['fetched', '/all.zip']], [['saved', 'a']], [['refuse', 'b: could not be written.']]]);
});

test('figures that come after another result is shown are not said of it', async () => {
  card.show(shown('a'));
  answer = 'NIQE: 4.1';
  page.find('#measure').click();
  card.show(shown('b'));
  await wait();
  assert.equal(text('#measured'), '');
  page.find('#measure').click();
  await wait();
  assert.equal(text('#measured'), 'NIQE: 4.1');
  assert.equal(page.find('#measure').disabled, false);
  assert.equal(page.find('#measure').hidden, true);
  card.show(shown('c'));
  assert.equal(page.find('#measure').hidden, false, 'another one can be measured');
  for (const one of [{ refused: 'Too many.' }, null]) {
    answer = one;
    await card.measure();
  }
  assert.deepEqual([told('refuse'), told('gone')], [[['refuse', 'Too many.']], [['gone']]]);
});
