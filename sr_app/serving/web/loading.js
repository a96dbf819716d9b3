// Loading everything that enlarging needs: networks, runtime, workers. After it nothing is asked for
// any more. WebGPU where the browser has it and it works, WebAssembly on several workers otherwise.
import { Hand, crew } from './pool.js';
import { agrees, trialTile } from './trial_tile.js';

const RUNTIMES = {
  webgpu: ['ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'],
  wasm: ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'],
};

// A file's bytes; progress: called with the bytes read and in all.
async function bytesOf(address, progress) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} is missing (${answer.status})`);
  const total = Number(answer.headers.get('content-length')) || 0;
  const parts = [];
  let read = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts).arrayBuffer();
    parts.push(value);
    progress(read += value.length, total);
  }
}

async function hasGraphicsProcessor() {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
}

// Workers with the networks: { provider, hands }. base: the folder's address; wanted: 'webgpu' or
// 'wasm', or null for what is best here.
export async function load(network, base, { wanted = null, progress = () => {} } = {}) {
  const graphs = await Promise.all(network.ends.map(({ graph }) =>
    bytesOf(new URL(graph, base), () => {})));
  const order = wanted ? [wanted] : await hasGraphicsProcessor() ? ['webgpu', 'wasm'] : ['wasm'];
  for (const [turn, provider] of order.entries()) {
    try {
      return await begin(provider, network, graphs, base, progress);
    } catch (error) {
      if (turn === order.length - 1) throw error;
    }
  }
}

async function begin(provider, network, graphs, base, progress) {
  const [module, binary] = RUNTIMES[provider].map((name) => new URL(`runtime/${name}`, base));
  const bytes = await bytesOf(binary, progress);
  const count = provider === 'webgpu' ? 1
    : crew(navigator.hardwareConcurrency, navigator.deviceMemory ?? 4);
  const hands = Array.from({ length: count }, () =>
    new Hand(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })));
  try {
    await Promise.all(hands.map(async (hand) => {
      const wanted = { runtime: module.href, binary: bytes, provider, graphs, scale: network.scale };
      await hand.ask({ wanted });
      const parts = await hand.ask({ pieces: network.ends.map(() => trialTile(network.trial.side)) });
      if (!agrees(parts, network.trial)) throw new Error(`${provider} computes something else`);
    }));
  } catch (error) {
    for (const hand of hands) hand.end();
    throw error;
  }
  return { provider, hands };
}
