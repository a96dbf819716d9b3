import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Toast } from '../../../sr_app/serving/page/toast.js';
import { open } from './document.mjs';
import { speak } from './english.mjs';

speak('en');

let page, toast, node;
beforeEach(({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  page = open();
  toast = new Toast(page.element);
  node = page.find('.toast');
  toast.show({ number: 0, text: '' });
});

test('a refusal pops up and goes by itself', ({ mock }) => {
  toast.show({ number: 1, text: 'No photo.' });
  assert.equal(node.hidden, false);
  assert.equal(node.querySelector('p').textContent, 'No photo.');
  mock.timers.tick(8000);
  assert.equal(node.hidden, false, 'there is time to read it');
  mock.timers.tick(2000);
  assert.equal(node.hidden, true);
});

test('each pops up once, however often the page is shown', () => {
  toast.show({ number: 1, text: 'No photo.' });
  node.querySelector('button').click();
  assert.equal(node.hidden, true);
  toast.show({ number: 1, text: 'No photo.' });
  assert.equal(node.hidden, true);
  toast.show({ number: 2, text: 'No photo.' });
  assert.equal(node.hidden, false, 'the same words once more are another refusal');
});

test('a second one has all its time', ({ mock }) => {
  toast.show({ number: 1, text: 'One.' });
  mock.timers.tick(6000);
  toast.show({ number: 2, text: 'Two.' });
  mock.timers.tick(6000);
  assert.equal(node.hidden, false);
  assert.equal(node.querySelector('p').textContent, 'Two.');
});

test('a reload does not say again what was refused before', () => {
  const after = new Toast(page.element);
  after.show({ number: 3, text: 'No photo.' });
  assert.equal(node.hidden, true);
  after.show({ number: 4, text: 'No photo either.' });
  assert.equal(node.hidden, false);
});

test('a server that was started anew is heard, though it counts from the beginning', () => {
  toast.show({ number: 1, text: 'No photo.' });
  toast.hide();
  toast.show({ number: 0, text: '' });
  assert.equal(node.hidden, true);
  toast.show({ number: 1, text: 'No photo.' });
  assert.equal(node.hidden, false);
});
