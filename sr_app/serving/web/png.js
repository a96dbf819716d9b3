// A PNG file, written as its rows come: 8 bits, RGB, or RGBA where something is transparent. No
// canvas is asked, because canvases have a largest size and forget colours below transparency.
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

// The check sum of a chunk.
export function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

function chunk(name, body) {
  const bytes = new Uint8Array(12 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(body, 8);
  view.setUint32(8 + body.length, crc(bytes.subarray(4, 8 + body.length)));
  return bytes;
}

export class PngWriter {
  constructor(width, height, { transparent = false } = {}) {
    this.channels = transparent ? 4 : 3;
    this.before = new Uint8Array(this.channels * width); // the row above
    const head = new DataView(new ArrayBuffer(13));
    head.setUint32(0, width);
    head.setUint32(4, height);
    head.setUint8(8, 8);
    head.setUint8(9, transparent ? 6 : 2);
    this.parts = [
      Uint8Array.from(SIGNATURE), chunk('IHDR', new Uint8Array(head.buffer)),
      chunk('sRGB', Uint8Array.of(0)),
    ];
    const packed = new CompressionStream('deflate');
    this.writer = packed.writable.getWriter();
    this.packing = this.gather(packed.readable);
  }

  async gather(readable) {
    const reader = readable.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.parts.push(chunk('IDAT', value));
    }
  }

  // Rows, four bytes for each pixel.
  async write(rows) {
    const { channels, before } = this;
    const length = before.length;
    const count = rows.length / (length / channels * 4);
    const filtered = new Uint8Array(count * (length + 1));
    const line = new Uint8Array(length);
    for (let y = 0, from = 0, to = 0; y < count; y++) {
      for (let i = 0; i < length; from += 4) {
        for (let c = 0; c < channels; c++) line[i++] = rows[from + c];
      }
      to = filter(line, before, channels, filtered, to);
      before.set(line);
    }
    await this.writer.write(filtered);
  }

  // The file's parts.
  async end() {
    await this.writer.close();
    await this.packing;
    return [...this.parts, chunk('IEND', new Uint8Array(0))];
  }
}

// Writes a row as what it differs by from Paeth's guess (PNG specification, 9.4): good for photos.
function filter(line, above, channels, out, at) {
  out[at++] = 4;
  for (let i = 0; i < line.length; i++) {
    const left = i < channels ? 0 : line[i - channels];
    const corner = i < channels ? 0 : above[i - channels];
    const up = above[i];
    const sideways = Math.abs(up - corner);
    const downwards = Math.abs(left - corner);
    const both = Math.abs(left + up - 2 * corner);
    const guess = sideways <= downwards && sideways <= both ? left : downwards <= both ? up : corner;
    out[at++] = line[i] - guess;
  }
  return at;
}
