import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf } from '../../../sr_app/serving/page/folder.js';

const SUFFIXES = ['image/*', '.jpg', '.png'];
const file = (name) => ({ name, isDirectory: false, file: (found) => found(`file ${name}`) });
const broken = (name) => ({ name, isDirectory: false, file: (_, failed) => failed(new Error('gone')) });

// A browser gives the entries of a folder in parts, and none at the end.
function folder(name, entries, part = 100) {
  const parts = [];
  for (let at = 0; at < entries.length; at += part) parts.push(entries.slice(at, at + part));
  return { name, isDirectory: true, createReader: () => ({ readEntries: (found) => found(parts.shift() ?? []) }) };
}

const names = async (entry) => (await filesOf(entry, SUFFIXES)).map((one) => one.slice(5));

test('all of a large folder, in the order in which people count', async () => {
  const all = Array.from({ length: 250 }, (_, index) => file(`${250 - index}.jpg`));
  assert.deepEqual(await names(folder('f', all)), Array.from({ length: 250 }, (_, index) => `${index + 1}.jpg`));
});

test('folders within it too, and nothing that is no photo or hidden', async () => {
  const inner = folder('more', [file('2.PNG'), file('._2.png'), file('notes.txt')]);
  assert.deepEqual(await names(folder('f', [inner, file('a.jpg'), file('image'), file('.jpg')])), ['a.jpg', '2.PNG']);
});

test('a file that was dropped by itself is taken whatever its name says: the server says what it is', async () => {
  assert.deepEqual(await names(file('scan.xyz')), ['scan.xyz']);
});

test('one that cannot be read stops nothing', async () => {
  const locked = { name: 'locked', isDirectory: true, createReader: () => ({ readEntries: (_, failed) => failed(new Error('no')) }) };
  assert.deepEqual(await names(folder('f', [broken('a.jpg'), locked, file('b.jpg')])), ['b.jpg']);
  assert.deepEqual(await filesOf(broken('c.jpg'), SUFFIXES), []);
});
