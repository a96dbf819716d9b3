import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Panel } from '../../../sr_app/serving/page/panel.js';
import { open } from './document.mjs';
import { speak } from './english.mjs';

speak('en');

const OPTIONS = {
  scales: [2, 3, 4], kinds: [{ key: 'clean', name: 'Clean' }, { key: 'real', name: 'Noisy' }], auto: { key: 'auto', name: 'As proposed' },
  hint: 'Which?', presets: [{ key: 'x2', name: 'Fast' }], sizes: [{ key: 'wide', name: 'wide', first: 1920, least: 1, most: 9999 }],
};
const view = (more = {}) => ({
  settings: { scale: 2, size: null, purpose: 'clean', preset: null, consistent: false }, proposal: null, again: '', work: null,
  target: { text: '4 × 4 → 8 × 8 px', slider: '', fits: true }, status: { kind: 'note', text: '' }, go: { enabled: true, primary: true },
  batch: null, shown: null, lost: false, ...more,
});

let page, panel, done;
beforeEach(() => {
  page = open();
  done = [];
  panel = new Panel(page.element, OPTIONS, (...what) => done.push(what));
});

const find = (selector) => page.find(selector);
const picked = (name) => find(`#${name} .choices`).querySelectorAll('input').filter(({ checked }) => checked).map(({ value }) => value);

test('what is set is chosen, and what is pressed is set', () => {
  panel.show(view({ settings: { scale: 3, size: null, purpose: 'real', preset: null, consistent: true } }));
  assert.deepEqual([picked('scale'), picked('purpose'), find('#consistent').checked], [['3'], ['real'], true]);
  for (const [name, value] of [['scale', '4'], ['purpose', 'clean']]) {
    find(`#${name} .choices`).querySelectorAll('input').find((one) => one.value === value).click();
  }
  find('#preset').value = 'x2';
  find('#preset').fire('change');
  find('#consistent').checked = false;
  find('#consistent').fire('change');
  assert.deepEqual(done, [['set', ['scale', 4]], ['set', ['purpose', 'clean']], ['set', ['preset', 'x2']], ['set', ['consistent', false]]]);
});

test('the first of each is chosen until the server says; one kind alone is no choice', () => {
  assert.deepEqual([picked('scale'), picked('purpose'), find('#purpose').hidden], [['2'], ['clean'], false]);
  page = open();
  panel = new Panel(page.element, { ...OPTIONS, kinds: OPTIONS.kinds.slice(0, 1) }, () => {});
  assert.equal(find('#purpose').hidden, true);
});

test('a network that was chosen decides the kind', () => {
  panel.show(view({ settings: { ...view().settings, preset: 'x2' } }));
  assert.deepEqual([find('#preset').value, find('#purpose').disabled], ['x2', true]);
  panel.show(view());
  assert.deepEqual([find('#preset').value, find('#purpose').disabled], ['', false]);
});

test('either it can be begun or it can be stopped', () => {
  panel.show(view({ go: { enabled: false, primary: true } }));
  assert.deepEqual([find('#go').disabled, find('#go').hidden, find('#cancel').hidden], [true, false, true]);
  find('#go').click();
  panel.show(view());
  find('#go').click();
  panel.show(view({ work: { text: 'part 1', share: 0.25 } }));
  assert.deepEqual([find('#go').hidden, find('#cancel').hidden], [true, false]);
  find('#cancel').click();
  assert.deepEqual(done, [['go'], ['cancel']]);
});

test('the keyboard goes from one to the other, and on to the file', () => {
  panel.show(view());
  find('#go').focus();
  panel.show(view({ work: { text: 'part 1', share: null } }));
  assert.equal(document.activeElement, find('#cancel'));
  assert.equal(find('#cancel').fire('keydown', { repeat: true }).prevented, true, 'Enter that is still held');
  panel.show(view({ shown: 'a' }));
  assert.equal(document.activeElement, find('#download'));
  find('#preset').focus();
  panel.show(view({ work: { text: 'part 1', share: null } }));
  assert.equal(document.activeElement, find('#preset'), 'elsewhere it stays');
  panel.show(view());
  assert.equal(document.activeElement, find('#preset'));
});

test('progress is a share of the time, or not known', () => {
  const bar = find('#work [role=progressbar]');
  panel.show(view({ work: { text: 'part 1', share: 0.256 } }));
  assert.deepEqual([bar.getAttribute('aria-valuenow'), bar.firstElementChild.style.width, bar.getAttribute('aria-valuetext')], ['26', '26%', 'part 1']);
  panel.show(view({ work: { text: 'waiting', share: null } }));
  assert.deepEqual([bar.getAttribute('aria-valuenow'), bar.classList.contains('unknown')], [null, true]);
  panel.show(view());
  assert.equal(find('#work').hidden, true);
});

test('what was refused looks so; a server that is silent is said before anything else', () => {
  panel.show(view({ status: { kind: 'refused', text: 'No photo.' }, target: { text: 'Too large.', slider: '', fits: false } }));
  for (const selector of ['#status', '#target']) assert.equal(find(selector).classList.contains('refused'), true, selector);
  panel.show(view({ status: { kind: 'done', text: 'Done.' }, lost: true }));
  assert.match(find('#status').textContent, /does not answer/);
  panel.show(view());
  assert.deepEqual([find('#status').hidden, find('#target').classList.contains('refused')], [true, false]);
});

test('a proposal stands beside the choice, which it does not change', () => {
  panel.show(view({ proposal: { kind: 'real', text: 'Looks noisy.' } }));
  assert.deepEqual([find('#proposal').textContent, find('#hint').hidden, picked('purpose')], ['Looks noisy.', true, ['clean']]);
  assert.equal(find('#purpose .proposed').firstElementChild.value, 'real');
  panel.show(view());
  assert.deepEqual([find('#proposal').hidden, find('#hint').hidden, find('#purpose .proposed')], [true, false, null]);
});

test('of several photos all are begun and cancelled', () => {
  panel.show(view({ batch: { rows: [] } }));
  assert.deepEqual([find('#go').textContent, find('#cancel').textContent], ['Enlarge all photos', 'Cancel all']);
});
