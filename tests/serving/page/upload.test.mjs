import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Upload } from '../../../sr_app/serving/page/upload.js';
import { speak } from './english.mjs';

speak('en');

// A page on which files can be dropped and pasted; a server that notes what came, one at a time.
function page({ longest = 200 } = {}) {
  const heard = {};
  const rows = [];
  const done = [];
  const held = [];
  const node = () => ({ addEventListener: () => {}, classList: { toggle: () => {} } });
  globalThis.document = { addEventListener: (name, act) => { heard[name] = act; } };
  const upload = new Upload({ querySelector: node }, {
    send: (file) => new Promise((resolve, reject) => held.push(() =>
      (file.broken ? reject(new Error('no network')) : resolve({ path: `/up/${file.name}` })))),
    act: async (action, value) => {
      done.push([action, value]);
      if (action === 'add' || (action === 'open' && rows.length)) rows.push(value);
      return { batch: rows.length ? { rows } : null };
    },
    tell: () => {}, most: 100, accept: 'image/*,.jpg,.png', longest, several: () => rows.length > 0,
  });
  const step = async () => {
    held.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { upload, heard, rows, done, step };
}

const file = (name, more = {}) => ({ name, size: 9, ...more });
const names = (rows) => rows.map((row) => row[1]);

test('photos that come while a list is on its way follow it, in order', async () => {
  const { upload, rows, step } = page();
  upload.take([file('a.jpg'), file('b.jpg', { broken: true })]);
  upload.take([file('c.jpg')]);
  for (let turn = 0; turn < 3; turn++) await step();
  assert.deepEqual(names(rows), ['a.jpg', 'b.jpg', 'c.jpg']);
  assert.equal(rows[1][0], null, 'a bad one is a row that says so');
  upload.take([file('d.jpg')]);
  await step();
  assert.equal(names(rows).at(-1), 'd.jpg');
});

test('a list that is closed takes nothing more of what was on its way', async () => {
  const { upload, rows, step } = page();
  upload.take([file('a.jpg'), file('b.jpg'), file('c.jpg')]);
  await step();
  upload.overtake();
  await step();
  await step();
  assert.deepEqual(names(rows), ['a.jpg']);
});

test('a photo chosen while the list is being closed does not begin another list', async () => {
  const { upload, rows, done, step } = page();
  upload.take([file('a.jpg'), file('b.jpg')]);
  for (let turn = 0; turn < 2; turn++) await step();
  upload.take([file('c.jpg')]);
  rows.length = 0;
  await step();
  assert.deepEqual(done.at(-1), ['open', ['/up/c.jpg', 'c.jpg']]);
});

test('a full list says how many were left out, and does not send them', async () => {
  const { upload, rows, done, step } = page({ longest: 2 });
  upload.take(['a', 'b', 'c', 'd'].map((name) => file(`${name}.jpg`)));
  for (let turn = 0; turn < 4; turn++) await step();
  assert.equal(rows.length, 2);
  const [action, text] = done.at(-1);
  assert.equal(action, 'refuse');
  assert.match(text, /2 photos: 2 more/);
});

test('of single photos the newest counts, and the failure of an earlier one is not told', async () => {
  const { upload, done, step } = page();
  upload.take([file('a.jpg', { broken: true })]);
  upload.take([file('b.jpg')]);
  await step();
  await step();
  assert.deepEqual(done, [['open', ['/up/b.jpg', 'b.jpg']]]);
});

test('of a folder its photos are taken by their names, and nothing else that lies there', async () => {
  const { heard, rows, done, step } = page();
  const entry = (name) => ({ name, isDirectory: false, file: (found) => found(file(name)) });
  const folder = (name, ...inside) => ({ name, isDirectory: true, createReader: () => {
    const parts = [inside, []];
    return { readEntries: (found) => found(parts.shift()) };
  } });
  const drop = (...entries) => heard.drop({
    preventDefault: () => {},
    dataTransfer: { types: ['Files'], files: [], items: entries.map((one) => ({ webkitGetAsEntry: () => one })) },
  });
  drop(folder('holiday', entry('10.JPG'), entry('9.jpg'), entry('.DS_Store'), entry('notes.txt'), folder('more', entry('1.png'))));
  for (let turn = 0; turn < 9; turn++) await step();
  assert.deepEqual(names(rows), ['9.jpg', '10.JPG', '1.png']);
  drop(folder('empty', entry('notes.txt')));
  for (let turn = 0; turn < 9; turn++) await step();
  assert.match(done.at(-1)[1], /no photo/);
});
