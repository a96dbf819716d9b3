// A worker with the networks: it takes a tile for each, runs it, and gives what is kept of it.
import { keptOf } from './pixels.js';

let sessions = [];
let runtime = null;
let scale = 1;

// { runtime: address of ONNX Runtime's module, binary: its WebAssembly, provider, graphs, scale }
async function load(wanted) {
  runtime = await import(wanted.runtime);
  const { wasm } = runtime.env;
  wasm.wasmBinary = wanted.binary;
  wasm.numThreads = 1; // every worker has a core of its own
  wasm.proxy = false;
  scale = wanted.scale;
  sessions = [];
  for (const graph of wanted.graphs) {
    sessions.push(await runtime.InferenceSession.create(new Uint8Array(graph), {
      executionProviders: [wanted.provider],
      enableMemPattern: false,
      logSeverityLevel: 3,
    }));
  }
}

async function run(pieces) {
  const parts = [];
  for (const [i, session] of sessions.entries()) {
    const { planes, height, width, tile } = pieces[i];
    const [input] = session.inputNames;
    const [output] = session.outputNames;
    const lr = new runtime.Tensor('float32', planes, [1, 3, height, width]);
    const { [output]: sr } = await session.run({ [input]: lr });
    const kept = keptOf(await sr.getData(), scale, tile);
    sr.dispose();
    if (!kept) throw new Error('the network returned values that are no numbers');
    parts.push(kept);
  }
  return parts;
}

const tell = (message, parts = []) => self.postMessage(message, parts.map(({ buffer }) => buffer));

self.addEventListener('message', async ({ data: { number, wanted, pieces } }) => {
  try {
    const parts = wanted ? await load(wanted) : await run(pieces);
    tell({ number, parts }, parts);
  } catch (error) {
    tell({ number, failed: String(error?.message ?? error) });
  }
});
