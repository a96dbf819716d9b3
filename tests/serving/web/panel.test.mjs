import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Panel } from '../../../sr_app/serving/web/panel.js';
import { network, openFolder } from './document.mjs';

let find, panel;
beforeEach(() => {
  const page = openFolder();
  find = page.find;
  panel = new Panel(page.element, network());
});
const photo = (transparent = false) => ({ picture: { width: 30, height: 20, transparent } });
const shown = (...selectors) => selectors.map((selector) => !find(selector).hidden);

test('the network is told with its licence and its limits', () => {
  assert.equal(find('#motto').textContent, 'Your photo, 2 times larger, in this browser.');
  assert.deepEqual([find('#network').textContent, find('#about-network').textContent], ['Clean photo, 2x (esrn_x2)', 'Faithful.']);
  assert.deepEqual([find('#licence').textContent, find('#limits').textContent], ['The networks: Apache-2.0.', 'No evidence.']);
  panel = new Panel(document.body, network(1));
  assert.equal(find('#licence').textContent, 'The network: Apache-2.0.');
});

test('loading is a share of the bytes, where the server says how many', () => {
  const bar = find('#work [role=progressbar]');
  panel.loading(500_000, 2_000_000);
  assert.deepEqual([bar.getAttribute('aria-valuenow'), bar.firstElementChild.style.width], ['25', '25%']);
  panel.loading(500_000, 0);
  assert.deepEqual([bar.getAttribute('aria-valuenow'), bar.classList.contains('unknown')], [null, true]);
  assert.match(find('#work p').textContent, /^Loading the network: /);
  panel.loaded('wasm', 1);
  assert.match(find('#about-network').textContent, /^Faithful\. Runs on one core of the processor/);
  panel.loaded('webgpu', 1);
  assert.match(find('#about-network').textContent, /graphics processor/);
  assert.equal(find('#work').hidden, true);
});

test('the button waits for a photo and for the network', () => {
  panel.offer(null, true, false);
  assert.equal(find('#go').disabled, true);
  panel.offer(photo(), false, false);
  assert.deepEqual([find('#go').disabled, find('#target').textContent], [true, '30 × 20 px becomes 60 × 40 px']);
  panel.offer(photo(true), true, false);
  assert.equal(find('#go').disabled, false);
  assert.match(find('#photo-notes').textContent, /lies on white/);
  panel.offer(photo(), true, true);
  assert.deepEqual(shown('#go', '#photo-notes'), [false, false]);
});

test('a work begins, goes on and is told whole', () => {
  panel.refuse('No picture.');
  panel.begin();
  assert.deepEqual(shown('#go', '#cancel', '#result', '#status'), [false, true, false, false]);
  assert.equal(find('#status').classList.contains('refused'), false);
  panel.progress(3, 4, 30);
  assert.equal(find('#work p').textContent, 'Part 3 of 4, about 10 s left');
  panel.end();
  panel.finish({ width: 1000, height: 750 }, { width: 2000, height: 1500 }, 12.345);
  assert.deepEqual(shown('#cancel', '#work', '#result'), [false, false, true]);
  assert.equal(find('#facts').textContent, '1000 × 750 px became 2000 × 1500 px (3.0 megapixels) in 12.3 s.');
  panel.forget();
  assert.equal(find('#result').hidden, true);
});

test('one file is written at a time', () => {
  panel.saving(true);
  assert.deepEqual([find('#download').disabled, find('#made').textContent], [true, 'Writing the file …']);
  panel.saved('a_x2.png', 1_500_000);
  panel.saving(false);
  assert.equal(find('#download').disabled, false);
  assert.match(find('#made').textContent, /^a_x2\.png, 1\.5/);
});
