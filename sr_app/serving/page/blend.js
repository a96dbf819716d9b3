// The slider between faithful and vivid. While the view moves, the browser blends the two layers by
// opacity, which can be two grey levels off. At rest both are read once, as the screen shows them,
// and a move of the slider is arithmetic on those pixels: exact, and without a request.
const blending = find('.blend');
const slider = find('.blend input');
const said = find('.blend output');
const exact = find('canvas.exact');
const heat = find('.heat');
const legend = find('.legend');
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
    layers[2].node.style.opacity = share();
    if (still) paint();
  });
});

// From the ends' errors alone: see inference/consistency.py, error_moments.
function decibel(t) {
  const [first, mixed, last] = shown.blend.errors;
  const square = (1 - t) ** 2 * first + 2 * t * (1 - t) * mixed + t ** 2 * last;
  return square > 0 ? Math.min(99, -10 * Math.log10(square)) : 99;
}

function describe() {
  if (!blends()) return;
  const t = share();
  const place = t === 0 ? 'Faithful: least error, no detail added'
    : t === 1 ? 'Vivid: most detail, some of it invented'
      : t === 0.5 ? 'Halfway between faithful and vivid' : slider.value + ' % vivid';
  const level = decibel(t);
  const agrees = level >= 45 ? 'true' : level >= 40 ? 'close' : 'not quite true';
  said.textContent = `${place} · ${agrees} to the photo (${level.toFixed(0)} dB)`;
  slider.setAttribute('aria-valuetext', place);
  slider.style.setProperty('--done', slider.value + '%');
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
function paint() {
  const { faithful, vivid, out, context } = still;
  const words = new Uint32Array(out.data.buffer);
  const k = Math.round(256 * share());
  const j = 256 - k;
  for (let i = 0; i < words.length; i++) {
    const p = faithful[i];
    const q = vivid[i];
    const even = Math.imul(p & PAIR, j) + Math.imul(q & PAIR, k) + HALF;
    const odd = Math.imul((p >>> 8) & PAIR, j) + Math.imul((q >>> 8) & PAIR, k) + HALF;
    words[i] = ((even >>> 8) & PAIR) | (odd & ~PAIR);
  }
  context.putImageData(out, 0, 0);
}

// What the divider leaves of the blend and of the map over it.
function cutBlend(at, percent) {
  if (still) exact.style.clipPath = `inset(0 0 0 ${Math.max(0, at - exact.offsetLeft)}px)`;
  heat.style.clipPath = `inset(0 0 0 ${percent}%)`;
}

function showBlend() {
  viewer.classList.toggle('blends', blends());
  hideMap();
  if (!blends()) return;
  slider.value = shown.blend.start;
  layers[2].node.style.opacity = share();
  describe();
}

// Where detail was invented: a map that the server makes when it is first asked for.
const mapped = find('[data-act=map]');
const turning = find('[data-act=turns]');
function hideMap() {
  heat.replaceChildren();
  viewer.classList.remove('mapped');
  mapped.setAttribute('aria-pressed', 'false');
}

async function showMap(turns) {
  const { token } = shown;
  mapped.setAttribute('aria-pressed', 'true');
  tell(turns ? 'Enlarging eight flips and turns …' : 'Comparing the two ends …');
  const map = await server.invention([token, turns]).catch(() => null);
  tell('');
  if (shown?.token !== token || mapped.getAttribute('aria-pressed') !== 'true') return;
  if (!map) return gone();
  const image = new Image();
  legend.querySelector('p').textContent = `On average ${map.mean.toFixed(1)} grey levels; `
    + `${(100 * map.share).toFixed(0)} % of the picture by 8 or more, at the vivid end`
    + (turns ? ', flips and turns included.' : '.');
  image.alt = 'Map of invented detail: ' + legend.textContent;
  image.draggable = false;
  image.src = map.url;
  heat.replaceChildren(image);
  viewer.classList.add('mapped');
  turning.hidden = turns || !shown.blend.turns;
}

mapped.addEventListener('click', () =>
  mapped.getAttribute('aria-pressed') === 'true' ? hideMap() : showMap(false));
turning.addEventListener('click', () => showMap(true));

function gone() {
  hideMap();
  trigger('refused', { reason: 'This result is no longer kept: enlarge the photo again.' });
}

// The panel's button has no file of its own while there is a slider: it is made for its position.
document.addEventListener('click', async (event) => {
  if (!blends() || !event.target.closest?.('#download')) return;
  event.preventDefault();
  event.stopPropagation();
  tell('Writing the file …');
  const made = await server.finish([shown.token, slider.valueAsNumber]).catch(() => null);
  tell('');
  if (!made) return gone();
  const link = document.createElement('a');
  Object.assign(link, { href: made.url, download: made.name });
  link.click();
}, true);
