import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptOf } from '../../../sr_app/serving/web/pixels.js';
import { trialTile } from '../../../sr_app/serving/web/trial_tile.js';

let hear = null;
const told = [];
globalThis.self = { addEventListener: (_, act) => { hear = act; }, postMessage: (message) => told.push(message) };
await import('../../../sr_app/serving/web/worker.js');

// A runtime of which each network gives what it is handed, or what is no number.
const RUNTIME = `data:text/javascript,${encodeURIComponent(`
export const env = { wasm: {} };
export class Tensor { constructor(kind, values) { this.values = values; } }
export const InferenceSession = { create: async ([sound]) => ({
  inputNames: ['lr'], outputNames: ['sr'],
  run: async ({ lr }) => ({ sr: {
    getData: async () => (sound ? lr.values : lr.values.map(() => NaN)), dispose() {},
  } }),
}) };`)}`;
const ask = async (data) => {
  await hear({ data });
  return told.at(-1);
};
const load = (...graphs) => ask({
  number: 1, wanted: { runtime: RUNTIME, provider: 'wasm', scale: 1, graphs: graphs.map((n) => Uint8Array.of(n).buffer) },
});
const one = trialTile(32);

test('every network runs on its tile', async () => {
  assert.equal((await load(1, 1)).failed, undefined);
  const kept = keptOf(one.planes, 1, one.tile);
  assert.deepEqual(await ask({ number: 2, pieces: [one, one] }), { number: 2, parts: [kept, kept] });
});

test('values that are no numbers are a failure, told under the question\'s number', async () => {
  await load(0);
  const { number, failed } = await ask({ number: 7, pieces: [one, one] });
  assert.equal(number, 7);
  assert.match(failed, /no numbers/);
});

test('a runtime that is not there is a failure, too', async () => {
  const { failed } = await ask({ number: 3, wanted: { runtime: 'data:text/javascript,throw new Error("gone")', graphs: [] } });
  assert.equal(failed, 'gone');
});
