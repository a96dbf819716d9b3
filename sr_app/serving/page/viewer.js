// The viewer: layers of equal size under a divider. Everything is laid out in pixels of the
// result; the view is a zoom and the result's point in the middle of the frame.
const sheet = find('.sheet');
const divider = find('.divider');
const chips = [find('.chip-before'), find('.chip-after')];
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

let shown = null; // the server's value
let view = { zoom: 'fit', x: 0, y: 0, split: 0.5 };
let layers = []; // { data, node, tiles: Map }
let spot = { left: 0, top: 0, width: 0, height: 0, scale: 1 }; // the sheet in the frame

function scaleNow() {
  const fit = Math.min(frame.clientWidth / shown.width, frame.clientHeight / shown.height);
  return view.zoom === 'fit' ? fit : view.zoom / devicePixelRatio;
}

function place() {
  if (!shown) return;
  const scale = scaleNow();
  const width = shown.width * scale;
  const height = shown.height * scale;
  const centre = (length, room, at) =>
    length <= room ? (room - length) / 2 : clamp(room / 2 - at * scale, room - length, 0);
  // On whole pixels of the screen, so that 100 % shows the picture's own.
  const whole = (at) => Math.round(at * devicePixelRatio) / devicePixelRatio;
  const left = whole(centre(width, frame.clientWidth, view.x));
  const top = whole(centre(height, frame.clientHeight, view.y));
  spot = { left, top, width, height, scale };
  for (const { style } of [sheet, heat, tint]) {
    Object.assign(style, {
      width: width + 'px', height: height + 'px', transform: `translate(${left}px, ${top}px)`,
    });
  }
  frame.classList.toggle('pans', width > frame.clientWidth + 1 || height > frame.clientHeight + 1);
  stir();
  cut();
  sharpen(left, top, scale);
}

// The divider's place is a share of what is seen of the picture, so that it never leaves it.
function cut() {
  const { left, width } = spot;
  const from = Math.max(0, left);
  const to = Math.min(frame.clientWidth, left + width);
  const at = from + view.split * (to - from);
  divider.style.left = at + 'px';
  const percent = clamp((at - left) / width, 0, 1) * 100;
  layers.forEach(({ node }, index) => {
    const before = index === 0 && layers.length > 1;
    node.style.clipPath = before ? `inset(0 ${100 - percent}% 0 0)`
      : layers.length > 1 ? `inset(0 0 0 ${percent}%)` : 'none';
  });
  cutBlend(at, percent);
  const share = Math.round(view.split * 100);
  divider.setAttribute('aria-valuenow', share);
  divider.setAttribute('aria-valuetext', share + ' % before, ' + (100 - share) + ' % after');
  chips[0].style.opacity = at - from > 70 ? 1 : 0;
  chips[1].style.opacity = to - at > 70 ? 1 : 0;
}

// Where the overview is coarser than the screen, ask for tiles at full resolution.
let waiting = 0;
function sharpen(left, top, scale) {
  clearTimeout(waiting);
  layers.forEach((layer) => {
    const known = layer.image.naturalWidth; // 0 while it is loading
    const coarse = !layer.data.exact && known > 0 && known < sheet.clientWidth * devicePixelRatio;
    layer.node.classList.toggle('sharp', coarse);
  });
  if (!layers.some(({ node }) => node.classList.contains('sharp'))) return;
  waiting = setTimeout(() => {
    const first = (edge) => Math.max(0, Math.floor(-edge / scale / shown.tile));
    const last = (edge, room, length) =>
      Math.min(Math.ceil(length / shown.tile) - 1, Math.floor((room - edge) / scale / shown.tile));
    for (let row = first(top); row <= last(top, frame.clientHeight, shown.height); row++) {
      for (let column = first(left); column <= last(left, frame.clientWidth, shown.width); column++) {
        layers.forEach((layer, index) => fetchTile(layer, index, column, row));
      }
    }
  }, 150);
}

async function fetchTile(layer, index, column, row) {
  const key = column + ',' + row;
  if (!layer.node.classList.contains('sharp') || layer.tiles.has(key)) return;
  layer.tiles.set(key, null);
  const url = await server.tile([shown.token, index, column, row]).catch(() => null);
  if (!url || !layer.node.isConnected) return;
  const tile = new Image();
  tile.alt = '';
  tile.src = url;
  const part = (at, length) => (100 * at * shown.tile) / length + '%';
  const extent = (at, length) => (100 * Math.min(shown.tile, length - at * shown.tile)) / length + '%';
  Object.assign(tile.style, {
    left: part(column, shown.width), top: part(row, shown.height),
    width: extent(column, shown.width), height: extent(row, shown.height),
  });
  await tile.decode().catch(() => {});
  layer.tiles.set(key, tile);
  layer.node.append(tile);
  stir();
}

function zoomTo(zoom, x = shown.width / 2, y = shown.height / 2) {
  view = { ...view, zoom, x, y };
  element.querySelectorAll('[data-zoom]').forEach((button) =>
    button.setAttribute('aria-pressed', String(button.dataset.zoom === String(zoom))));
  place();
}

function pointOf(event) {
  const box = sheet.getBoundingClientRect();
  const scale = scaleNow();
  return [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
}

function splitAt(event) {
  const box = sheet.getBoundingClientRect();
  const edge = frame.getBoundingClientRect();
  const from = Math.max(box.left, edge.left);
  view.split = clamp((event.clientX - from) / (Math.min(box.right, edge.right) - from), 0, 1);
  cut();
}

// One finger or the mouse: the divider, or the picture itself where it is larger than the frame.
frame.addEventListener('pointerdown', (event) => {
  if (!shown || event.button || event.target.closest('.drop, .legend') || startStroke(event)) return;
  const moves = frame.classList.contains('pans') && !event.target.closest('.divider');
  if (!moves && layers.length < 2) return;
  const start = { x: event.clientX, y: event.clientY, view: { ...view } };
  const middle = middleOfView();
  const move = (next) => {
    if (next.pointerId !== event.pointerId) return;
    if (!moves) return splitAt(next);
    const scale = scaleNow();
    view.x = clamp(middle[0] - (next.clientX - start.x) / scale, 0, shown.width);
    view.y = clamp(middle[1] - (next.clientY - start.y) / scale, 0, shown.height);
    place();
  };
  const stop = () => {
    frame.removeEventListener('pointermove', move);
    frame.classList.remove('held');
  };
  frame.setPointerCapture(event.pointerId);
  frame.classList.add('held');
  frame.addEventListener('pointermove', move);
  frame.addEventListener('pointerup', stop, { once: true });
  frame.addEventListener('pointercancel', stop, { once: true });
  if (!moves) {
    splitAt(event);
    divider.focus({ preventScroll: true });
    event.preventDefault();
  }
});

function middleOfView() {
  const box = frame.getBoundingClientRect();
  return pointOf({ clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 });
}

frame.addEventListener('dblclick', (event) => {
  if (shown && !brushOn()) zoomTo(view.zoom === 'fit' ? 1 : 'fit', ...pointOf(event));
});
frame.addEventListener('wheel', (event) => {
  if (!shown || !event.ctrlKey) return; // a plain wheel scrolls the page, as everywhere
  event.preventDefault();
  const steps = ['fit', 1, 2];
  const now = steps.indexOf(view.zoom);
  const next = steps[clamp(now + (event.deltaY < 0 ? 1 : -1), 0, 2)];
  if (next !== view.zoom) zoomTo(next, ...pointOf(event));
}, { passive: false });
divider.addEventListener('keydown', (event) => {
  const step = event.shiftKey ? 0.1 : 0.02;
  const moves = {
    ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step,
    PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1,
  };
  if (!(event.key in moves)) return;
  event.preventDefault();
  view.split = clamp(view.split + moves[event.key], 0, 1);
  cut();
});
element.querySelectorAll('[data-zoom]').forEach((button) =>
  button.addEventListener('click', () => {
    const zoom = button.dataset.zoom;
    zoomTo(zoom === 'fit' ? zoom : Number(zoom), ...middleOfView());
  }));
find('[data-act=full]').addEventListener('click', () =>
  document.fullscreenElement ? document.exitFullscreen() : viewer.requestFullscreen?.());

function addLayer(data) {
  const node = document.createElement('div');
  node.className = 'layer';
  const image = new Image();
  image.alt = data.name + ': ' + shown.name;
  image.draggable = false;
  image.src = data.url;
  image.addEventListener('load', place);
  node.append(image);
  sheet.append(node);
  return { data, node, image, tiles: new Map() };
}

function show() {
  tell('');
  const sameAs = shown;
  shown = props.value && props.value.layers ? props.value : null;
  const state = !shown ? 'empty' : shown.layers.length > 1 ? 'result' : 'photo';
  viewer.dataset.state = state;
  sheet.replaceChildren();
  layers = [];
  if (!shown) return showBlend();
  find('.name').textContent = shown.name;
  frame.style.setProperty('--ratio', shown.width / shown.height);
  layers = shown.layers.map(addLayer);
  chips[0].textContent = shown.layers[0].name;
  chips[1].textContent = blends() ? 'After' : shown.layers.at(-1).name;
  showBlend();
  view.split = 0.5;
  zoomTo('fit');
  if (state === 'result') reveal(sameAs);
}

function reveal() {
  const box = frame.getBoundingClientRect();
  if (box.top < 0 || box.bottom > innerHeight) {
    viewer.scrollIntoView({ block: 'center', behavior: calm.matches ? 'auto' : 'smooth' });
  }
}

// A window that comes to a screen of another density keeps its size.
function heedDensity() {
  const same = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  same.addEventListener('change', () => { place(); heedDensity(); }, { once: true });
}

new ResizeObserver(place).observe(frame);
heedDensity();
watch('value', show);
show();
