// Several workers that take tiles from one line, so that all cores are busy without any header that
// a plain server does not send.
import { paste, planesOf } from './pixels.js';
import { plan, sideFor, within } from './tiles.js';

// How many workers suit a machine: a core each, no more than its memory carries.
export function crew(cores, gigabytes) {
  return Math.max(1, Math.min(cores || 1, gigabytes >= 8 ? 8 : 4));
}

// One worker as a function that gives a promise.
export class Hand {
  constructor(worker) {
    this.worker = worker;
    this.number = 0;
    this.waiting = new Map();
    worker.addEventListener('message', ({ data: { number, parts, failed } }) => {
      const { keep, fail } = this.waiting.get(number);
      this.waiting.delete(number);
      if (failed === undefined) keep(parts);
      else fail(new Error(failed));
    });
    worker.addEventListener('error', (event) =>
      this.drop(event.message || 'a worker could not be started'));
  }

  ask(message, transfer = []) {
    const number = ++this.number;
    return new Promise((keep, fail) => {
      this.waiting.set(number, { keep, fail });
      this.worker.postMessage({ number, ...message }, transfer);
    });
  }

  // Everything that is waited for fails.
  drop(reason) {
    for (const { fail } of this.waiting.values()) fail(new Error(reason));
    this.waiting.clear();
  }

  end() {
    this.worker.terminate();
    this.drop('ended');
  }
}

// The networks' results of a picture, one each. hands: of workers that are loaded; network: scale,
// ends, each with its multiple and border, tile, overlap, multiple, most; progress: called with the
// tiles done and in all, and with what each gave; signal: ends the work.
export async function enlarge(picture, network, hands, { progress = () => {}, signal } = {}) {
  const { scale, ends } = network;
  const size = [picture.height, picture.width];
  const tiles = plan(...size, { ...network, tile: sideFor(...size, network, hands.length) });
  const [width, height] = [scale * picture.width, scale * picture.height];
  const results = ends.map(() => ({
    width, height, data: new Uint8ClampedArray(4 * width * height),
  }));
  let [next, done] = [0, 0];
  const work = async (hand) => {
    while (next < tiles.length) {
      const tile = tiles[next++];
      signal?.throwIfAborted();
      const pieces = ends.map((end) => within(tile, picture, end))
        .map((own) => ({ ...planesOf(picture, own), tile: own }));
      const parts = await hand.ask({ pieces }, pieces.map(({ planes }) => planes.buffer));
      signal?.throwIfAborted();
      parts.forEach((kept, i) => paste(results[i], kept, scale, pieces[i].tile));
      progress(++done, tiles.length, parts);
    }
  };
  try {
    await Promise.all(hands.map(work));
  } catch (error) {
    next = tiles.length; // the others stop after their tile
    throw error;
  }
  return results;
}
