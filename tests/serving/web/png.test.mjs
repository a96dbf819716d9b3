import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { PngWriter, crc } from '../../../sr_app/serving/web/png.js';

// The chunks of a file by name, each with its sum checked, and the pixels by the inverse of Paeth.
async function read(parts) {
  const file = Buffer.concat(parts);
  assert.deepEqual([...file.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks = new Map();
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    assert.equal(file.readUInt32BE(at + 8 + length), crc(file.subarray(at + 4, at + 8 + length)));
    chunks.set(name, Buffer.concat([chunks.get(name) ?? Buffer.alloc(0), file.subarray(at + 8, at + 8 + length)]));
    at += 12 + length;
  }
  return chunks;
}

function unfiltered(packed, width, height, channels) {
  const [bytes, row] = [inflateSync(packed), width * channels];
  const out = new Uint8Array(row * height);
  const at = (x, y) => (x < 0 || y < 0 ? 0 : out[y * row + x]);
  for (let y = 0; y < height; y++) {
    assert.equal(bytes[y * (row + 1)], 4);
    for (let x = 0; x < row; x++) {
      const [a, b, c] = [at(x - channels, y), at(x, y - 1), x < channels ? 0 : at(x - channels, y - 1)];
      const nearest = [a, b, c].map((v) => Math.abs(a + b - c - v));
      const guess = [a, b, c][nearest.indexOf(Math.min(...nearest))];
      out[y * row + x] = bytes[y * (row + 1) + 1 + x] + guess;
    }
  }
  return out;
}

for (const transparent of [false, true]) {
  test(`pixels come back, in several writes${transparent ? ', with transparency' : ''}`, async () => {
    const [width, height, channels] = [37, 29, transparent ? 4 : 3];
    const rows = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i * i * 7919) >> 3);
    const writer = new PngWriter(width, height, { transparent });
    await writer.write(rows.subarray(0, 4 * width * 10));
    await writer.write(rows.subarray(4 * width * 10));
    const chunks = await read(await writer.end());
    assert.deepEqual([...chunks.keys()], ['IHDR', 'sRGB', 'IDAT', 'IEND']);
    assert.deepEqual([...chunks.get('IHDR')], [0, 0, 0, 37, 0, 0, 0, 29, 8, transparent ? 6 : 2, 0, 0, 0]);
    const wanted = rows.filter((_, i) => i % 4 < channels);
    assert.deepEqual(unfiltered(chunks.get('IDAT'), width, height, channels), Uint8Array.from(wanted));
  });
}

test('the check sum is the published one', () => {
  assert.equal(crc(Buffer.from('123456789')), 0xcbf43926);
});
