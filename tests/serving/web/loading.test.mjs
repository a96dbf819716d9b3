import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { load } from '../../../sr_app/serving/web/loading.js';
import { network } from './document.mjs';

const BASE = 'http://host/folder/';
let asked, begun, graphics, computed;

// A worker that answers with what `computed` has of its provider: levels of each network's trial tile.
class Stand extends EventTarget {
  constructor() {
    super();
    this.ended = false;
    begun.push(this);
  }
  postMessage({ number, wanted }) {
    this.wanted ??= wanted;
    const level = computed[this.wanted.provider];
    const parts = wanted ? [] : this.wanted.graphs.map(() => new Uint8ClampedArray(4 * 16 * 16).fill(level));
    queueMicrotask(() => this.dispatchEvent(Object.assign(new Event('message'), { data: { number, parts } })));
  }
  terminate() { this.ended = true; }
}
const known = () => {
  const one = network();
  return { ...one, trial: { side: 8, levels: one.ends.map(() => [10, 10, 10]) } };
};
const kept = () => begun.filter(({ ended }) => !ended).map(({ wanted }) => wanted);

beforeEach(() => {
  [asked, begun, graphics, computed] = [[], [], null, { webgpu: 10, wasm: 10 }];
  const gpu = { requestAdapter: async () => graphics };
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { gpu, hardwareConcurrency: 3, deviceMemory: 4 } });
  Object.assign(globalThis, {
    Worker: Stand,
    fetch: async (address) => {
      asked.push(String(address).replace(BASE, ''));
      return new Response(Uint8Array.of(1, 2, 3), { headers: { 'content-length': '3' } });
    },
  });
});

test('without a graphics processor every core gets the networks and the runtime', async () => {
  const read = [];
  const { provider, hands } = await load(known(), BASE, { progress: (...bytes) => read.push(bytes) });
  assert.deepEqual([provider, hands.length, read], ['wasm', 3, [[3, 3]]]);
  assert.deepEqual(asked, ['graphs/esrn_x2.onnx', 'graphs/esrn_x2_vivid.onnx', 'runtime/ort-wasm-simd-threaded.wasm']);
  for (const wanted of kept()) {
    assert.deepEqual([wanted.runtime, wanted.scale, wanted.graphs.length], [`${BASE}runtime/ort.wasm.bundle.min.mjs`, 2, 2]);
  }
});

test('a graphics processor works alone; one that is drawn by the processor is none', async () => {
  graphics = { info: { isFallbackAdapter: false } };
  const found = await load(known(), BASE);
  assert.deepEqual([found.provider, found.hands.length], ['webgpu', 1]);
  graphics = { info: { isFallbackAdapter: true } };
  assert.equal((await load(known(), BASE)).provider, 'wasm');
});

test('one that computes something else is left for the processor, and its worker ended', async () => {
  graphics = { info: {} };
  computed.webgpu = 200;
  const { provider, hands } = await load(known(), BASE);
  assert.deepEqual([provider, hands.length, begun[0].ended], ['wasm', 3, true]);
  assert.ok(kept().every((wanted) => wanted.provider === 'wasm'));
});

test('where it was asked for by name, nothing else takes its place', async () => {
  graphics = { info: {} };
  computed.webgpu = 200;
  await assert.rejects(load(known(), BASE, { wanted: 'webgpu' }), /webgpu computes something else/);
  assert.deepEqual(kept(), []);
});

test('a file that is not there is named', async () => {
  globalThis.fetch = async () => new Response(null, { status: 404 });
  await assert.rejects(load(known(), BASE), /esrn_x2\.onnx is missing \(404\)/);
});
