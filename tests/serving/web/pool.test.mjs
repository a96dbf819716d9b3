import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptOf } from '../../../sr_app/serving/web/pixels.js';
import { Hand, crew, enlarge } from '../../../sr_app/serving/web/pool.js';

const network = { scale: 1, ends: [{ multiple: 1 }, { multiple: 1 }], tile: 16, overlap: 2, multiple: 1 };
const picture = {
  width: 45, height: 33, data: Uint8ClampedArray.from({ length: 4 * 45 * 33 }, (_, i) =>
    i % 4 === 3 ? 255 : (i * 7919) >> 4),
};
// A worker whose networks give the picture and its negative.
const hand = (log = [], wait = 0) => ({
  ask: async ({ pieces }) => {
    log.push(pieces);
    await new Promise((then) => setTimeout(then, wait));
    const [same, other] = pieces;
    return [keptOf(same.planes, 1, same.tile), keptOf(other.planes.map((value) => 1 - value), 1, other.tile)];
  },
});

test('several workers share the tiles, and both results are whole', async () => {
  const logs = [[], []];
  const told = [];
  const hands = logs.map((log) => hand(log));
  const progress = (done, all) => told.push([done, all]);
  const [same, negative] = await enlarge(picture, network, hands, { progress });
  assert.deepEqual(same.data, picture.data);
  assert.ok(negative.data.every((value, i) => value === (i % 4 === 3 ? 255 : 255 - picture.data[i])));
  assert.ok(logs.every((log) => log.length > 1));
  assert.deepEqual(told.at(-1), [told.length, told.length]);
});

test('beside another network, each sees what it sees alone', async () => {
  const log = [];
  const ends = [{ multiple: 1 }, { multiple: 6 }];
  const [same, negative] = await enlarge(picture, { ...network, ends, multiple: 6 }, [hand(log)]);
  assert.deepEqual(same.data, picture.data);
  assert.ok(negative.data.every((value, i) => value === (i % 4 === 3 ? 255 : 255 - picture.data[i])));
  const ended = (turn) => ['rows', 'columns'].map((axis) =>
    Math.max(...log.map((pieces) => pieces[turn].tile[axis].stop)));
  assert.deepEqual([ended(0), ended(1)], [[33, 45], [36, 48]]);
});

test('a network with a border sees the photo mirrored around it, and gives the photo alone', async () => {
  const log = [];
  const ends = [{ multiple: 1, border: 4 }, { multiple: 1 }];
  const [same, negative] = await enlarge(picture, { ...network, ends }, [hand(log)]);
  assert.deepEqual(same.data, picture.data);
  assert.ok(negative.data.every((value, i) => value === (i % 4 === 3 ? 255 : 255 - picture.data[i])));
  const starts = log.map(([{ tile }]) => tile.rows.start);
  assert.deepEqual([Math.min(...starts), Math.max(...log.map(([{ tile }]) => tile.rows.stop))], [-4, 37]);
  const [{ planes, width, tile }] = log[0];
  assert.deepEqual([tile.rows.start, tile.columns.start], [-4, -4]);
  for (const [at, mirror] of [[0, 7], [3, 4]]) {
    assert.equal(planes[at * width + 9], planes[mirror * width + 9]);
    assert.equal(planes[9 * width + at], planes[9 * width + mirror]);
  }
});

test('a cancelled work takes no more tiles', async () => {
  const [log, cancel] = [[], new AbortController()];
  const progress = (done) => done === 2 && cancel.abort();
  const options = { progress, signal: cancel.signal };
  await assert.rejects(enlarge(picture, network, [hand(log, 1)], options), { name: 'AbortError' });
  assert.equal(log.length, 2);
});

test('a worker that fails ends the work of all', async () => {
  const log = [];
  const bad = { ask: async () => { throw new Error('out of memory'); } };
  await assert.rejects(enlarge(picture, network, [hand(log, 1), bad]), /out of memory/);
  const seen = log.length;
  await new Promise((then) => setTimeout(then, 10));
  assert.equal(log.length, seen);
});

test('a worker answers by number, and its end is an error for who waits', async () => {
  const worker = new EventTarget();
  Object.assign(worker, { postMessage: (message) => worker.sent.push(message), sent: [], terminate() {} });
  const one = new Hand(worker);
  const answers = [one.ask({ a: 1 }), one.ask({ b: 2 }), one.ask({ c: 3 })];
  const answer = (data) => worker.dispatchEvent(Object.assign(new Event('message'), { data }));
  answer({ number: worker.sent[1].number, parts: ['second'] });
  answer({ number: worker.sent[0].number, failed: 'no' });
  assert.deepEqual(await answers[1], ['second']);
  await assert.rejects(answers[0], /no/);
  one.end();
  await assert.rejects(answers[2], /ended/);
});

test('a core each, and fewer where memory is short', () => {
  assert.deepEqual([crew(2, 4), crew(16, 4), crew(16, 8), crew(0, 8)], [2, 4, 8, 1]);
});
