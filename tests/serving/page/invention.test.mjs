import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Invention } from '../../../sr_app/serving/page/invention.js';
import { open, wait } from './document.mjs';
import { speak } from './english.mjs';

speak('en');

let page, viewer, invention, asked, answers, done;
beforeEach(() => {
  page = open();
  viewer = { element: page.find('.viewer'), shown: { token: 'a', blend: { turns: true } }, spot: { left: 5, top: 6, width: 70, height: 80 } };
  [asked, answers, done] = [[], [], []];
  const ask = async (request) => { asked.push(request); return answers.shift(); };
  invention = new Invention(page.element, viewer, {
    ask, tell: (text) => done.push(text), gone: () => done.push('gone'), refuse: (reason) => done.push(['refused', reason]),
  });
});

const map = { url: '/map.png', share: 0.081, mean: 3.25 };
const press = async (name) => { page.find(`[data-act=${name}]`).click(); await wait(); };
const seen = () => [viewer.element.classList.contains('mapped'), page.find('.heat img')?.src];

test('the map is asked for when it is wanted, and says how much was invented', async () => {
  answers.push(map);
  await press('map');
  assert.deepEqual(asked, [['a', false]]);
  assert.deepEqual(seen(), [true, '/map.png']);
  const said = page.find('.legend p').textContent;
  assert.match(said, /^8 % of the picture visibly invented; 3\.3 levels/);
  assert.ok(page.find('.heat img').alt.endsWith(said), 'also to somebody who does not see it');
  await press('map');
  assert.deepEqual(seen(), [false, undefined]);
  assert.equal(invention.on, false);
});

test('with flips and turns, where there are any, and then no more', async () => {
  answers.push(map, map);
  await press('map');
  assert.equal(page.find('[data-act=turns]').hidden, false);
  await press('turns');
  assert.deepEqual(asked[1], ['a', true]);
  assert.match(page.find('.legend p').textContent, /flips and turns included/);
  assert.equal(page.find('[data-act=turns]').hidden, true);
});

test('a map that comes after another result is shown, or after it was put away, is not laid over it', async () => {
  answers.push(map, map);
  page.find('[data-act=map]').click();
  viewer.shown = { token: 'b', blend: { turns: false } };
  await wait();
  assert.deepEqual(seen(), [false, undefined]);
  invention.hide();
  page.find('[data-act=map]').click();
  await press('map');
  assert.deepEqual(seen(), [false, undefined]);
});

test('one that cannot be had is said, and the button is up again', async () => {
  answers.push(null, { refused: 'Too many.' });
  await press('map');
  await press('map');
  invention.ask = async () => { throw new Error('network'); };
  await press('map');
  assert.deepEqual(done.filter((one) => one === 'gone' || Array.isArray(one)),
    ['gone', ['refused', 'Too many.'], ['refused', 'The page did not answer. Try again.']]);
  assert.equal(invention.on, false);
});

test('it lies where the picture lies', () => {
  invention.place();
  const { width, height, transform } = invention.heat.style;
  assert.deepEqual([width, height, transform], ['70px', '80px', 'translate(5px, 6px)']);
});
