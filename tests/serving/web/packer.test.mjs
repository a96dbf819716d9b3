import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PngWriter } from '../../../sr_app/serving/web/png.js';

let hear = null;
const told = [];
globalThis.self = { addEventListener: (_, act) => { hear = act; }, postMessage: (message) => told.push(message) };
await import('../../../sr_app/serving/web/packer.js');

const ask = async (data) => {
  await hear({ data });
  return told.at(-1);
};
const rows = (count) => Uint8ClampedArray.from({ length: 4 * 5 * count }, (_, i) => i % 251);
const bytes = async (parts) => new Uint8Array(await new Blob(parts).arrayBuffer());

test('a file is what the writer makes of the same rows', async () => {
  const writer = new PngWriter(5, 3);
  await writer.write(rows(3));
  const expected = await bytes(await writer.end());
  assert.deepEqual(await ask({ number: 1, width: 5, height: 3 }), { number: 1, parts: [] });
  assert.deepEqual(await ask({ number: 2, rows: rows(3) }), { number: 2, parts: [] });
  const { number, parts } = await ask({ number: 3, end: true });
  assert.equal(number, 3);
  assert.deepEqual(await bytes(parts), expected);
});

test('the next file begins anew', async () => {
  const made = [];
  for (let turn = 0; turn < 2; turn++) {
    await ask({ number: 1, width: 5, height: 2 });
    await ask({ number: 2, rows: rows(2) });
    made.push(await bytes((await ask({ number: 3, end: true })).parts));
  }
  assert.deepEqual(made[0], made[1]);
});

test('what fails is told under its number', async () => {
  await ask({ number: 1, width: 5, height: 2 });
  await ask({ number: 2, end: true });
  const { number, failed } = await ask({ number: 9, rows: rows(1) }); // the file has ended
  assert.equal(number, 9);
  assert.ok(failed);
});
