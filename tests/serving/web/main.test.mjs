import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Panel } from '../../../sr_app/serving/web/panel.js';
import { keptOf } from '../../../sr_app/serving/web/pixels.js';
import { network, openFolder } from './document.mjs';

Object.defineProperty(globalThis, 'location', { configurable: true, writable: true, value: { protocol: 'file:' } });
const MAIN = '../../../sr_app/serving/web/main.js';
const { Page } = await import(MAIN); // of a file it starts nothing

let element, find, page, held, gone, heard;
beforeEach(() => begin());

// A page whose file field holds something before its scripts come.
function begin(early = []) {
  ({ element, find } = openFolder());
  [held, gone, heard] = [[], [], {}];
  find('input[type=file]').files = early;
  document.addEventListener = (name, act) => { heard[name] = act; };
  URL.createObjectURL = (blob) => `blob:${held.push(blob)}`;
  URL.revokeObjectURL = (url) => gone.push(url);
  globalThis.createImageBitmap = async () => ({ width: 4, height: 2, close() {} });
  const black = (x, y, width, height) => ({ data: new Uint8ClampedArray(4 * width * height).map((_, i) => (i % 4 === 3 ? 255 : 0)) });
  OffscreenCanvas.prototype.getContext = () => ({ drawImage: () => {}, getImageData: black });
  for (const node of [find('.scene'), find('.frame')]) node.box = { left: 0, top: 0, width: 200, height: 100 };
  page = new Page(element, network(), new Panel(element, network()));
}

// A worker of two networks: the photo with every pixel repeated, and white.
const hand = { ask: async ({ pieces: [{ planes, tile }] }) => {
  const wide = tile.columns.stop - tile.columns.start;
  const high = tile.rows.stop - tile.rows.start;
  const large = new Float32Array(4 * planes.length);
  for (let i = 0; i < large.length; i++) {
    const [channel, rest] = [Math.floor(i / (4 * wide * high)), i % (4 * wide * high)];
    const [y, x] = [Math.floor(rest / (2 * wide)), rest % (2 * wide)];
    large[i] = planes[channel * wide * high + (y >> 1) * wide + (x >> 1)];
  }
  return [keptOf(large, 2, tile), keptOf(large.fill(1), 2, tile)];
} };
const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((then) => setTimeout(then));
};
const drop = (name) => {
  heard.drop({ dataTransfer: { types: ['Files'], files: [new File(['x'], name)] }, preventDefault() {} });
  return turns();
};
const layers = () => element.querySelectorAll('.layer img').map(({ src }) => src);

test('a photo that is dropped is shown, and can be enlarged once the network is there', async () => {
  await drop('cat.jpg');
  assert.deepEqual([layers(), find('.name').textContent, find('#go').disabled], [['blob:1'], 'cat.jpg', true]);
  page.ready({ hands: [hand], provider: 'wasm' });
  assert.deepEqual([find('#go').disabled, find('#target').textContent], [false, '4 × 2 px becomes 8 × 4 px']);
});

test('a photo given before the scripts listened is opened', async () => {
  begin([new File(['x'], 'early.jpg')]);
  await turns();
  assert.deepEqual([layers(), find('.name').textContent], [['blob:1'], 'early.jpg']);
});

test('both ends of a result are shown with the photo', async () => {
  await drop('cat.jpg');
  page.ready({ hands: [hand], provider: 'wasm' });
  await page.go();
  assert.deepEqual([page.results.length, page.results[1].width, page.results[1].data[0]], [2, 8, 255]);
  assert.equal(layers().length, 3);
  assert.match(find('#facts').textContent, /^4 × 2 px became 8 × 4 px/);
  assert.deepEqual([find('#go').hidden, find('#work').hidden, find('#result').hidden], [true, true, false]);
});

test('what cannot be read is refused, and the photo before it stays', async () => {
  await drop('cat.jpg');
  globalThis.createImageBitmap = async () => { throw new Error('no'); };
  await drop('text.txt');
  assert.match(find('#status').textContent, /text\.txt is no picture/);
  assert.deepEqual([page.photo.name, layers()], ['cat.jpg', ['blob:1']]);
});

test('another photo ends the work and frees what was held', async () => {
  await drop('cat.jpg');
  let on = null;
  page.ready({ hands: [{ ask: () => new Promise((then) => { on = then; }) }], provider: 'wasm' });
  const work = page.go();
  await drop('dog.jpg');
  on([]);
  await work;
  assert.deepEqual([page.photo.name, page.results, page.work, gone], ['dog.jpg', null, null, ['blob:1']]);
  assert.equal(find('#result').hidden, true);
});

test('a network that fails is said, and the work can be begun again', async () => {
  await drop('cat.jpg');
  page.ready({ hands: [{ ask: async () => { throw new Error('out of memory'); } }], provider: 'wasm' });
  await page.go();
  assert.equal(find('#status').textContent, 'It failed: out of memory');
  assert.deepEqual([find('#go').disabled, find('#go').hidden, find('#cancel').hidden], [false, false, true]);
});

test('a page whose network is missing says so', async () => {
  globalThis.location = { protocol: 'http:', search: '?run=wasm' };
  const texts = Object.assign(document.createElement('script'), { id: 'words', textContent: '{}' });
  document.body.append(texts);
  Object.assign(document, { querySelector: (selector) => find(selector), baseURI: 'http://host/folder/' });
  globalThis.Worker = class extends EventTarget {
    postMessage({ number }) { queueMicrotask(() => this.dispatchEvent(Object.assign(new Event('message'), { data: { number, parts: [] } }))); }
  };
  globalThis.fetch = async (address) => (String(address).endsWith('network.json') ? Response.json(network()) : new Response(null, { status: 404 }));
  await import(`${MAIN}?started`);
  for (let turn = 0; turn < 20 && !find('#status').textContent; turn++) await new Promise((then) => setTimeout(then, 5));
  assert.match(find('#status').textContent, /^The network could not be loaded: .*esrn_x2\.onnx is missing \(404\)\. Load the page again\.$/);
});
