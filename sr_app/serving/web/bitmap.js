// A picture as a file that every browser shows and that costs nothing to make: BMP with a header of
// version 4, whose masks say that the bytes lie as a canvas has them.
const HEADER = 14 + 108;

export function bitmap({ width, height, data }) {
  const head = new DataView(new ArrayBuffer(HEADER));
  head.setUint16(0, 0x424d); // "BM"
  head.setUint32(2, HEADER + data.length, true);
  head.setUint32(10, HEADER, true);
  head.setUint32(14, 108, true);
  head.setInt32(18, width, true);
  head.setInt32(22, -height, true); // from the top
  head.setUint16(26, 1, true);
  head.setUint16(28, 32, true);
  head.setUint32(30, 3, true); // by masks
  head.setUint32(34, data.length, true);
  [0xff, 0xff00, 0xff0000, 0xff000000].forEach((mask, i) => head.setUint32(54 + 4 * i, mask, true));
  head.setUint32(70, 0x73524742, true); // sRGB
  return new Blob([head, data], { type: 'image/bmp' });
}
