import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan, sideFor } from '../../../sr_app/serving/web/tiles.js';

const network = { tile: 64, overlap: 7, multiple: 2 };

test('kept parts cover the picture once, and lie far enough from false borders', () => {
  for (const [height, width] of [[30, 41], [64, 65], [200, 131], [1000, 7]]) {
    const seen = new Uint8Array((height + 1) * (width + 1));
    for (const { rows, columns } of plan(height, width, network)) {
      for (const [span, length] of [[rows, height], [columns, width]]) {
        assert.ok(span.from === 0 || span.from - span.start >= 7);
        assert.ok(span.to >= length || span.stop - span.to >= 7);
      }
      for (let y = rows.from; y < Math.min(rows.to, height); y++) {
        for (let x = columns.from; x < Math.min(columns.to, width); x++) seen[y * width + x]++;
      }
    }
    assert.ok(seen.subarray(0, height * width).every((count) => count === 1));
  }
});

test('a picture that one tile would take is shared among the workers', () => {
  const one = { tile: 256, overlap: 14, multiple: 1 };
  const work = (workers, tile) => {
    const tiles = plan(129, 157, { ...one, tile });
    const [{ rows, columns }] = tiles;
    return Math.ceil(tiles.length / workers) * (rows.stop - rows.start) * (columns.stop - columns.start);
  };
  assert.equal(plan(129, 157, { ...one, tile: sideFor(129, 157, one, 1) }).length, 1);
  const shared = sideFor(129, 157, one, 2);
  assert.equal(plan(129, 157, { ...one, tile: shared }).length, 2);
  assert.ok(work(2, shared) < 0.65 * work(2, 256));
});

test('all tiles are alike', () => {
  const sizes = new Set(plan(333, 517, network).map(({ rows, columns }) =>
    `${rows.stop - rows.start} ${columns.stop - columns.start}`));
  assert.equal(sizes.size, 1);
});

test('a tile does not grow beyond what the network takes', () => {
  const [{ rows }] = plan(500, 500, { tile: 64, overlap: 40, multiple: 1, most: 100 });
  assert.ok(rows.stop - rows.start <= 100);
});
