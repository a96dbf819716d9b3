// The slider between faithful and vivid. While the view moves, the browser blends the two layers by
// opacity, which can be two grey levels off. At rest both are read once, as the screen shows them,
// and a move of the slider is arithmetic on those pixels: exact, and without a request.
const blending = find('.blend');
const slider = find('.blend input');
const said = find('.blend output');
const exact = find('canvas.exact');
const REST = 120; // milliseconds without a move of the view
let still = null; // what is in view at rest: { box, faithful, vivid, out }
let resting = 0;
let frameAsked = 0;

const share = () => slider.valueAsNumber / 100;
const blends = () => Boolean(shown && shown.blend);

slider.addEventListener('input', () => {
  describe();
  frameAsked ||= requestAnimationFrame(() => {
    frameAsked = 0;
    if (!blends()) return;
    veil();
    if (still) paint();
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
  if (painted()) {
    said.textContent = `${place}, but for the ${portion()} of the picture that you painted`;
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
  const loaded = ({ image }) => image.complete && image.naturalWidth;
  if (!blends() || !layers.slice(1).every(loaded)) return;
  const ratio = devicePixelRatio;
  const low = (edge) => Math.floor(Math.max(0, edge) * ratio);
  const high = (edge, room) => Math.ceil(Math.min(room, edge) * ratio);
  const { left, top, width, height } = spot;
  const box = { x: low(left), y: low(top) };
  box.width = high(left + width, frame.clientWidth) - box.x;
  box.height = high(top + height, frame.clientHeight) - box.y;
  if (box.width < 1 || box.height < 1) return;
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
  still = { box, faithful, vivid, out, context };
  paint();
  cut();
  viewer.classList.add('still');
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
  return new Uint32Array(data.buffer);
}

// Two channels of a pixel at a time, in steps of 1/256: at most one level from the file's blend,
// which knows more digits of both ends. Transparency is the same at both.
const PAIR = 0xff00ff;
const HALF = 0x800080;
function mix(p, q, k) {
  const even = Math.imul(p & PAIR, 256 - k) + Math.imul(q & PAIR, k) + HALF;
  const odd = Math.imul((p >>> 8) & PAIR, 256 - k) + Math.imul((q >>> 8) & PAIR, k) + HALF;
  return ((even >>> 8) & PAIR) | (odd & ~PAIR);
}

// Blends what is in view, or the part of it that a stroke of the brush has changed.
function paint(part = { x: 0, y: 0, width: still.box.width, height: still.box.height }) {
  const { box, faithful, vivid, out, context } = still;
  const words = new Uint32Array(out.data.buffer);
  const steps = Math.round(256 * share());
  const sharesOf = painted() ? stretched(box) : null;
  for (let y = part.y; y < part.y + part.height; y++) {
    const start = y * box.width + part.x;
    const end = start + part.width;
    if (sharesOf) {
      const shares = sharesOf(y, part.x, part.x + part.width);
      for (let i = start, x = part.x; i < end; i++, x++) words[i] = mix(faithful[i], vivid[i], shares[x]);
    } else {
      for (let i = start; i < end; i++) words[i] = mix(faithful[i], vivid[i], steps);
    }
  }
  context.putImageData(out, 0, 0, part.x, part.y, part.width, part.height);
}

// What the divider leaves of the blend and of the map over it.
function cutBlend(at, percent) {
  if (still) exact.style.clipPath = `inset(0 0 0 ${Math.max(0, at - exact.offsetLeft)}px)`;
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
  const made = await server.finish([shown.token, painted() ? packed() : slider.valueAsNumber]).catch(() => null);
  tell('');
  if (!made) return gone();
  const link = document.createElement('a');
  Object.assign(link, { href: made.url, download: made.name });
  link.click();
}, true);
