// The slider between faithful and vivid. While the view moves, the browser blends the two layers by
// opacity, which can be two grey levels off. At rest both are read once, as the screen shows them,
// and a move of the slider is arithmetic on those pixels: exact, and without a request.
const blending = find('.blend');
const slider = find('.blend input');
const said = find('.blend output');
const exact = find('canvas.exact');
const REST = 120; // milliseconds without a move of the view
const LONG = 8; // milliseconds of arithmetic that leave a frame to the rest of the browser
let still = null; // what is in view at rest, see settle()
let resting = 0;
let frameAsked = 0;
let taken = 0; // milliseconds that a whole blend took the last time

const share = () => slider.valueAsNumber / 100;
const blends = () => Boolean(shown && shown.blend);

slider.addEventListener('input', () => {
  describe();
  frameAsked ||= requestAnimationFrame(() => {
    frameAsked = 0;
    if (!blends()) return;
    veil();
    if (!still) return;
    if (taken <= LONG || painted()) return paint();
    // A very large view is left to the opacity, too, while the slider moves.
    viewer.classList.remove('still');
    clearTimeout(resting);
    resting = setTimeout(settle, REST);
  });
});
slider.addEventListener('change', dress);

// The vivid layer over the faithful one, for a view that moves.
function veil() {
  layers[2].node.style.opacity = painted() ? 1 : share();
}

// From the ends' errors alone: see inference/consistency.py, error_moments.
function decibel(t) {
  const [first, mixed, last] = shown.blend.errors;
  const square = (1 - t) ** 2 * first + 2 * t * (1 - t) * mixed + t ** 2 * last;
  return square > 0 ? Math.min(99, -10 * Math.log10(square)) : 99;
}

function describe() {
  if (!blends()) return;
  slider.style.setProperty('--done', slider.value + '%');
  const t = share();
  const place = t === 0 ? 'Faithful: least error, no detail added'
    : t === 1 ? 'Vivid: most detail, some of it invented'
      : t === 0.5 ? 'Halfway between faithful and vivid' : slider.value + ' % vivid';
  slider.setAttribute('aria-valuetext', place);
  if (brushOn() && !painted()) {
    said.textContent = toolbar.querySelector(`[data-kind=${kind}]`).title;
    return;
  }
  if (painted()) {
    said.textContent = `${place.split(':')[0]}, but for the ${portion()} that you painted`;
    return;
  }
  const level = decibel(t);
  const agrees = level >= 45 ? 'true' : level >= 40 ? 'close' : 'not quite true';
  said.textContent = `${place} · ${agrees} to the photo (${level.toFixed(0)} dB)`;
}

// The view moves: opacity does it until it rests.
function stir() {
  still = null;
  viewer.classList.remove('still');
  clearTimeout(resting);
  if (blends()) resting = setTimeout(settle, REST);
}

function settle() {
  still ??= read();
  if (!still) return;
  const start = performance.now();
  paint();
  taken = performance.now() - start;
  cut();
  viewer.classList.add('still');
}

// Both ends as the screen shows them; null while they load, or where there is nothing in view.
function read() {
  const loaded = ({ image }) => image.complete && image.naturalWidth;
  if (!blends() || !layers.slice(1).every(loaded)) return null;
  const ratio = devicePixelRatio;
  const low = (edge) => Math.floor(Math.max(0, edge) * ratio);
  const high = (edge, room) => Math.ceil(Math.min(room, edge) * ratio);
  const { left, top, width, height } = spot;
  const box = { x: low(left), y: low(top) };
  box.width = high(left + width, frame.clientWidth) - box.x;
  box.height = high(top + height, frame.clientHeight) - box.y;
  if (box.width < 1 || box.height < 1) return null;
  // A wide-gamut photo on a wide-gamut screen keeps its colours.
  const wide = shown.profiled && matchMedia('(color-gamut: p3)').matches;
  const colorSpace = wide ? 'display-p3' : 'srgb';
  const [faithful, vivid] = layers.slice(1).map((layer) => pixels(layer, box, ratio, colorSpace));
  Object.assign(exact, { width: box.width, height: box.height });
  Object.assign(exact.style, {
    left: box.x / ratio + 'px', top: box.y / ratio + 'px',
    width: box.width / ratio + 'px', height: box.height / ratio + 'px',
    backgroundPosition: `${left - box.x / ratio}px ${top - box.y / ratio}px`,
  });
  const context = exact.getContext('2d', { colorSpace });
  const out = new ImageData(box.width, box.height, { colorSpace });
  const words = new Int32Array(out.data.buffer);
  return { box, faithful, vivid, out, words, context, places: placesIn(box, ratio) };
}

// A layer's pixels in a box of the frame, as the screen shows them: one word each.
function pixels(layer, box, ratio, colorSpace) {
  const canvas = new OffscreenCanvas(box.width, box.height);
  const context = canvas.getContext('2d', { colorSpace, willReadFrequently: true });
  context.imageSmoothingQuality = 'medium'; // as pictures in the page are shrunk
  context.setTransform(ratio, 0, 0, ratio, -box.x, -box.y);
  const { left, top, width, height, scale } = spot;
  context.drawImage(layer.image, left, top, width, height);
  if (layer.node.classList.contains('sharp')) {
    for (const [key, tile] of layer.tiles) {
      if (!tile) continue;
      const [x, y] = key.split(',').map((at) => at * shown.tile);
      context.drawImage(tile, left + x * scale, top + y * scale,
        Math.min(shown.tile, shown.width - x) * scale,
        Math.min(shown.tile, shown.height - y) * scale);
    }
  }
  const { data } = context.getImageData(0, 0, box.width, box.height, { colorSpace });
  return new Int32Array(data.buffer);
}

// Two channels of a pixel at a time, in steps of 1/256: at most one level from the file's blend,
// which knows more digits of both ends. Transparency is the same at both. All numbers are kept to 32
// bits with sign, in which the compiler is fastest.
const PAIR = 0xff00ff;
const HALF = 0x800080;
function mix(p, q, k) {
  const j = 256 - k;
  const even = ((Math.imul(p & PAIR, j) + Math.imul(q & PAIR, k)) | 0) + HALF | 0;
  const odd = ((Math.imul((p >>> 8) & PAIR, j) + Math.imul((q >>> 8) & PAIR, k)) | 0) + HALF | 0;
  return ((even >>> 8) & PAIR) | (odd & ~PAIR);
}

function mixAlike({ words, faithful, vivid }, from, to, k) {
  for (let i = from; i < to; i++) words[i] = mix(faithful[i], vivid[i], k);
}

function mixEach({ words, faithful, vivid }, from, to, shares, x) {
  for (let i = from; i < to; i++, x++) words[i] = mix(faithful[i], vivid[i], shares[x]);
}

// Blends what is in view, or the part of it that a stroke of the brush has changed.
function paint(part = { x: 0, y: 0, width: still.box.width, height: still.box.height }) {
  const steps = Math.round(256 * share());
  const cells = painted() ? mixed() : null;
  for (let y = part.y; y < part.y + part.height; y++) {
    const from = y * still.box.width + part.x;
    const to = from + part.width;
    const shares = cells && stretched(cells, y, part.x, part.x + part.width);
    if (shares) mixEach(still, from, to, shares, part.x);
    else mixAlike(still, from, to, steps);
  }
  still.context.putImageData(still.out, 0, 0, part.x, part.y, part.width, part.height);
}

// What the divider leaves of the blend and of the map over it.
function cutBlend(at, percent) {
  const hidden = still && Math.max(0, at - still.box.x / devicePixelRatio);
  if (still) exact.style.clipPath = `inset(0 0 0 ${hidden}px)`;
  for (const { style } of [heat, tint]) style.clipPath = `inset(0 0 0 ${percent}%)`;
}

function showBlend() {
  viewer.classList.toggle('blends', blends());
  hideMap();
  freshRegions();
  if (!blends()) return;
  slider.value = shown.blend.start;
  veil();
  describe();
}

// The panel's button has no file of its own while there is a slider: it is made for its position
// and for what was painted.
document.addEventListener('click', async (event) => {
  if (!blends() || !event.target.closest?.('#download')) return;
  event.preventDefault();
  event.stopPropagation();
  tell('Writing the file …');
  const place = painted() ? packed() : slider.valueAsNumber;
  const made = await server.finish([shown.token, place]).catch(() => null);
  tell('');
  if (!made) return gone();
  const link = document.createElement('a');
  Object.assign(link, { href: made.url, download: made.name });
  link.click();
}, true);
