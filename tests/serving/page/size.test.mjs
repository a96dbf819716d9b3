import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SizeField } from '../../../sr_app/serving/page/size.js';
import { speak } from './english.mjs';

speak('en');

const sizes = [
  { key: 'times', name: 'times as large', first: 1.5, least: 1, most: 16 },
  { key: 'wide', name: 'pixels wide', first: 1920, least: 16, most: 60000 },
];

// Fields as the browser has them, as far as they are used.
function setting() {
  globalThis.Option = class { constructor(text, value) { Object.assign(this, { text, value }); } };
  globalThis.document = { activeElement: null };
  const field = () => ({
    heard: {}, value: '', options: [],
    addEventListener(name, act) { this.heard[name] = act; },
    add(option) { this.options.push(option); this.value ||= option.value; },
    get valueAsNumber() { return this.value === '' ? NaN : Number(this.value); },
  });
  const parts = { '.size': { hidden: true }, '#size-number': field(), '#size-measure': field() };
  const asked = [];
  const size = new SizeField({ querySelector: (name) => parts[name] }, sizes, (...one) => asked.push(one));
  return { size, parts, asked };
}

test('what is typed is asked for, and what cannot be is refused in words', () => {
  const { size, parts, asked } = setting();
  size.begin();
  assert.deepEqual(asked.pop(), ['set', ['size', ['times', 1.5]]]);
  size.show({ size: ['times', 1.5] });
  size.begin();
  assert.equal(asked.length, 0, 'a size that is there stays');
  parts['#size-number'].value = '2.5';
  parts['#size-number'].heard.change();
  assert.deepEqual(asked.pop(), ['set', ['size', ['times', 2.5]]]);
  for (const wrong of ['99', '', '0']) {
    parts['#size-number'].value = wrong;
    parts['#size-number'].heard.change();
    assert.deepEqual(asked.pop(), ['refuse', 'Expected 1 to 16 times as large.']);
  }
});

test('another measure begins with a number of its own', () => {
  const { size, parts, asked } = setting();
  size.show({ size: ['times', 1.5] });
  parts['#size-measure'].value = 'wide';
  parts['#size-measure'].heard.change();
  assert.deepEqual(asked.pop(), ['set', ['size', ['wide', 1920]]]);
});

test('a factor hides it, and what is being typed is not taken away', () => {
  const { size, parts } = setting();
  size.show({ size: null });
  assert.equal(parts['.size'].hidden, true);
  document.activeElement = parts['#size-number'];
  parts['#size-number'].value = '19';
  size.show({ size: ['wide', 1920] });
  assert.equal(parts['#size-number'].value, '19');
  assert.equal(parts['#size-measure'].value, 'wide');
});
