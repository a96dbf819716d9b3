// A photo as pixels: what the browser can read, upright, in sRGB, eight bits for each channel.
const WHITE = '#fff';

// { width, height, data, transparent } of a file. most: pixels that may be opened.
export async function openPhoto(file, most) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) throw new Error(`${file.name} is no picture that this browser can read`);
  const { width, height } = bitmap;
  if (width * height > most) {
    bitmap.close();
    throw new Error(tooMany(width, height, most));
  }
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { colorSpace: 'srgb', willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  let { data } = context.getImageData(0, 0, width, height);
  const transparent = seesThrough(data);
  if (transparent) {
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = WHITE;
    context.fillRect(0, 0, width, height);
    ({ data } = context.getImageData(0, 0, width, height));
  }
  bitmap.close();
  return { width, height, data, transparent };
}

export function tooMany(width, height, most) {
  const mega = (pixels) => (pixels / 1e6).toFixed(1);
  return `The photo is too large: at most ${mega(most)} megapixels here, received `
    + `${mega(width * height)}. The command line takes larger ones.`;
}

export function seesThrough(data) {
  for (let i = 3; i < data.length; i += 4) if (data[i] < 255) return true;
  return false;
}
