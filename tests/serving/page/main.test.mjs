import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { start } from '../../../sr_app/serving/page/main.js';
import { HTML, open, wait } from './document.mjs';
import { photo, result } from './pictures.mjs';

const texts = (code) => JSON.parse(readFileSync(new URL(`../../../sr_app/serving/languages/${code}.json`, import.meta.url))).page;
const OPTIONS = {
  scales: [2, 3, 4], kinds: [{ key: 'clean', name: 'Clean' }], auto: { key: 'auto', name: 'Auto' }, hint: '', presets: [],
  sizes: [{ key: 'wide', name: 'wide', first: 1920, least: 1, most: 9999 }], formats: [{ key: 'png', name: 'PNG' }],
  most_bytes: 100, accept: '.jpg', longest_list: 9, side: 100,
  examples: [{ url: '/cat.jpg', title: 'Cat', shows: 'a cat' }], licences: [{ titles: ['x2', 'x4'], terms: 'MIT' }],
};
const part = (token, more) => ({ ...result(token, 400, 200, { ends: 2 }), thumbnail: '', saved: false, own: 'png', facts: token, notes: [], details: [], ...more });

let page, view, asked, heard, server;
beforeEach(({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  page = open(HTML);
  [asked, heard] = [[], {}];
  const hear = (name, act) => { heard[name] = act; };
  document.addEventListener = hear;
  Object.assign(globalThis, {
    addEventListener: hear, gradio_config: { i18n_translations: { en: texts('en'), de: texts('de') } },
    navigator: { sendBeacon: () => true }, sessionStorage: { getItem: () => null, setItem: () => {} },
  });
  Object.defineProperty(globalThis, 'location', { configurable: true, value: { reload: () => asked.push('reload') } });
  view = {
    session: 's', serial: 1, work: null, photo: { ...photo('a.jpg', 200, 100), notes: ['16 bit.'] }, again: '', pending: false,
    settings: { scale: 2, size: null, purpose: 'clean', preset: null, consistent: false }, target: { text: '', slider: '', fits: true },
    go: { enabled: true, primary: true }, status: { kind: 'note', text: '' }, alert: { number: 0, text: '' },
    results: [], shown: null, proposal: null, trial: null, start: 50, batch: null,
  };
  server = {
    hello: async () => ({ options: OPTIONS, language: 'en', view }),
    act: async ([, action, value]) => { asked.push([action, value]); return view; },
    attend: async () => true,
    tile: async () => null,
  };
});

async function begin() {
  await start({ element: page.element, server, upload: async () => ({ path: '/up' }) });
  for (const node of [page.find('.scene'), page.find('.frame')]) node.box = { left: 0, top: 0, width: 200, height: 100 };
}
// The server's next answer, which a press brings.
async function next(more) {
  view = { ...view, ...more, serial: view.serial + 1 };
  page.find('#go').click();
  for (let turn = 0; turn < 5; turn++) await wait();
}
const layers = () => page.element.querySelectorAll('.layer img').map(({ src }) => src);
const compare = (index) => page.find('.strip ul').children[index].querySelectorAll('.acts button')[1].click();

test('the page speaks the language that the server chose, and says that it is ready', async () => {
  server.hello = async () => ({ options: OPTIONS, language: 'de', view });
  await begin();
  assert.equal(document.documentElement.lang, 'de');
  assert.equal(document.title, texts('de').title);
  assert.equal(page.find('#go').textContent, texts('de')['panel.go']);
  assert.doesNotMatch(page.element.textContent, /\{[a-z]+\.[a-z_]+\}/);
  assert.deepEqual([page.find('.page').hidden, page.find('.page').dataset.ready], [false, 'yes']);
});

test('photos given before the scripts listened are taken, one or several', async () => {
  page.find('input[type=file]').files = [{ name: 'early.jpg', size: 9 }];
  await begin();
  for (let turn = 0; turn < 5; turn++) await wait();
  assert.deepEqual(asked, [['open', ['/up', 'early.jpg']]]);
  assert.equal(page.find('.busy').textContent, '');
});

test('the photo with its notes, then its result, opened where it differs most', async () => {
  await begin();
  assert.deepEqual([layers(), page.find('#photo-notes').textContent], [['/a.jpg'], '16 bit.']);
  await next({ results: [part('a1')], shown: 'a1' });
  assert.deepEqual([layers(), page.find('#photo-notes').textContent], [['/a1_b', '/a1_0', '/a1_1'], '']);
  assert.equal(page.find('[data-zoom=1]').getAttribute('aria-pressed'), 'true');
  page.find('[data-zoom=fit]').click();
  await next({ results: [part('a1'), part('b1')], shown: 'b1' });
  await next({ shown: 'a1' });
  page.find('[data-zoom=fit]').click();
  await next({ shown: 'b1' });
  assert.equal(page.find('[data-zoom=fit]').getAttribute('aria-pressed'), 'true', 'one that was seen already stays as it is looked at');
});

test('an answer that changes nothing of the picture leaves what was painted', async () => {
  await begin();
  await next({ results: [part('a1')], shown: 'a1' });
  const node = page.find('.layer');
  page.find('[data-act=brush]').click();
  await next({ status: { kind: 'done', text: 'Saved.' }, results: [part('a1', { saved: true })] });
  assert.equal(page.find('.layer'), node);
  assert.equal(page.find('[data-act=brush]').getAttribute('aria-pressed'), 'true');
});

test('any two are compared, until it is ended or one of them goes', async () => {
  const three = [part('a1'), part('a2'), part('b1')];
  await begin();
  await next({ results: three, shown: 'a2' });
  compare(0);
  assert.deepEqual(layers(), ['/a1_0', '/a1_1', '/a2_0', '/a2_1']);
  assert.equal(page.find('.viewer').classList.contains('beside'), false, 'one photo: the divider');
  compare(2);
  assert.deepEqual(layers(), ['/b1_0', '/b1_1', '/a2_0', '/a2_1']);
  assert.equal(page.find('.viewer').classList.contains('beside'), true, 'two photos: side by side');
  await next({ shown: 'a1' });
  assert.deepEqual(layers(), ['/b1_0', '/b1_1', '/a1_0', '/a1_1'], 'the one on the left stays');
  compare(2);
  assert.deepEqual(layers(), ['/a1_b', '/a1_0', '/a1_1']);
  compare(2);
  await next({ results: three.slice(0, 2) });
  assert.deepEqual(layers(), ['/a1_b', '/a1_0', '/a1_1'], 'the other one was removed');
  compare(1);
  await next({ shown: 'a2' });
  await next({ shown: 'a1' });
  assert.deepEqual(layers(), ['/a1_b', '/a1_0', '/a1_1'], 'and it is over when the other one is shown');
});

test('leaving asks while there is something unsaved, and only then', async () => {
  await begin();
  const leaves = () => { const event = { asks: false, preventDefault() { this.asks = true; } }; heard.beforeunload(event); return !event.asks; };
  assert.equal(leaves(), true);
  await next({ results: [part('a1', { saved: true }), part('b1')], shown: 'a1' });
  assert.equal(leaves(), false);
  await next({ results: [part('a1', { saved: true })] });
  assert.equal(leaves(), true);
  await next({ work: { text: 'part 1', share: 0.5 } });
  assert.equal(leaves(), false, 'what is being made would be lost, too');
  heard.pagehide();
  assert.equal(leaves(), true, 'a page that is left already does not ask when it begins anew');
});

test('a page that a browser kept while another was looked at begins anew', async () => {
  await begin();
  heard.pageshow({ persisted: false });
  assert.deepEqual(asked, []);
  heard.pageshow({ persisted: true });
  assert.deepEqual(asked, ['reload']);
});

test('an example is a press, and the licences of the networks are said', async () => {
  await begin();
  assert.match(page.find('#licences').textContent, /x2, x4: MIT/);
  const button = page.find('.tries button');
  assert.equal(button.firstElementChild.alt, 'Try it: a cat');
  button.click();
  await wait();
  assert.deepEqual(asked, [['example', 0]]);
});

test('a press that was given up is said', async ({ mock }) => {
  await begin();
  server.act = async ([, action, value]) => { asked.push([action, value]); return action === 'go' ? null : view; };
  page.find('#go').click();
  for (let turn = 0; turn < 40; turn++) {
    await wait();
    mock.timers.tick(2500);
  }
  const said = asked.filter(([action]) => action === 'refuse');
  assert.deepEqual(said[0], ['refuse', texts('en')['panel.dropped']]);
});
