// The viewer: layers of equal size under a divider. What lies left of it is the photo before, or
// another result to compare with; right of it the result, or the blend of its two ends. Results of two
// photos stand side by side, each in its own size.
import { clamp, dividerAt, likewise, nearer, placeOf, scaleOf, tilesInView, windowOf } from './geometry.js';
import { called } from './wording.js';
import { say } from './words.js';

const PATIENCE = 150; // milliseconds without a move before tiles are asked for
const EDGE = 70; // pixels that a label needs beside the divider

export class Viewer {
  // tile: function ([token, layer, column, row]) -> a promise of an address, or of null.
  constructor(element, tile) {
    const find = (selector) => element.querySelector(selector);
    this.element = element.querySelector('.viewer');
    this.frame = find('.frame');
    this.scene = find('.scene');
    this.sheet = find('.sheet');
    this.zoomed = find('.zoomed');
    this.pinching = false;
    this.divider = find('.divider');
    this.chips = [find('.chip-before'), find('.chip-after')];
    this.title = find('.tools .name');
    this.pairing = find('[data-act=beside]');
    this.zooms = [...element.querySelectorAll('[data-zoom]')];
    this.tile = tile;
    this.shown = null;
    this.view = { zoom: 'fit', x: 0, y: 0, split: 0.5 };
    this.layers = []; // { data, before, picture, token, index, node, image, tiles: Map }
    this.other = null; // the result on the left, where it is of another photo
    this.apart = false; // side by side is wished for
    this.spot = { left: 0, top: 0, width: 0, height: 0, scale: 1 };
    this.waiting = 0;
    // What others do when the view moves, when the divider does, and when a press may paint.
    this.onMove = () => {};
    this.onCut = () => {};
    this.onPress = () => null;
    this.listen(find);
  }

  get room() {
    return { width: this.scene.clientWidth, height: this.scene.clientHeight };
  }

  get beside() {
    return this.element.classList.contains('beside') && this.element.dataset.state === 'result';
  }

  // The layers right of the divider: one, or the faithful and the vivid end.
  get after() {
    return this.layers.filter((layer) => !layer.before);
  }

  // Where a layer's picture lies, as the spot of the shown one.
  spotOf({ before }) {
    return before && this.other ? this.otherSpot : this.spot;
  }

  // A photo, a result, or nothing. base: { shown, place } of another result to compare with.
  show(shown, base = null) {
    const before = this.shown;
    this.shown = shown;
    this.other = base && base.shown.source !== shown.source ? base.shown : null;
    this.arrange();
    this.element.dataset.state = !shown ? 'empty' : shown.layers.length > 1 ? 'result' : 'photo';
    this.sheet.replaceChildren();
    this.layers = [];
    this.frame.tabIndex = shown ? 0 : -1; // there is nothing to zoom
    if (!shown) return;
    this.title.textContent = shown.name;
    this.frame.style.setProperty('--ratio', shown.width / shown.height);
    const [first, ...rest] = shown.layers;
    const left = base ? base.shown.layers.slice(1) : [first];
    const right = shown.layers.length > 1 ? rest : [];
    left.forEach((data, index) => this.add(data, base ? base.shown : shown, base ? index + 1 : 0, true));
    right.forEach((data, index) => this.add(data, shown, index + 1, false));
    if (base && left.length > 1) this.layers[1].node.style.opacity = base.place / 100;
    this.chips[0].textContent = base ? called(base.shown) : first.name;
    this.chips[1].textContent = base ? called(shown) : say('viewer.after');
    const alike = before && before.width === shown.width && before.height === shown.height;
    if (!alike) this.view.split = 0.5;
    this.zoomTo(alike ? this.view.zoom : 'fit', ...(alike ? [this.view.x, this.view.y] : []));
  }

  add(data, picture, index, before) {
    const node = document.createElement('div');
    node.className = before ? 'layer' : 'layer after';
    const image = new Image();
    image.alt = say('viewer.layer', { layer: data.name, name: picture.name });
    image.draggable = false;
    image.src = data.url;
    image.addEventListener('load', () => {
      image.className = 'there';
      this.place();
    });
    node.append(image);
    this.sheet.append(node);
    const { token } = picture;
    // Each in its own pixels: the photo before has fewer, and tiles of its own.
    const { width, height, tile } = data.width ? data : picture;
    const own = { width, height, tile };
    this.layers.push({ data, before, picture: own, token, index, node, image, tiles: new Map() });
  }

  place() {
    if (!this.shown) return;
    const spot = placeOf(this.view, this.shown, this.room, devicePixelRatio);
    this.spot = spot;
    this.otherSpot = this.other && placeOf(
      likewise(this.view, this.shown, this.other, this.room, devicePixelRatio), this.other, this.room, devicePixelRatio);
    Object.assign(this.sheet.style, {
      width: `${spot.width}px`, height: `${spot.height}px`,
      transform: `translate(${spot.left}px, ${spot.top}px)`,
    });
    this.frame.classList.toggle('pans', spot.pans);
    this.zoomed.textContent = say('viewer.zoomed', { percent: Math.round(100 * spot.scale * devicePixelRatio) });
    this.onMove();
    this.cut();
    this.sharpen();
  }

  cut() {
    if (this.beside) {
      this.part();
      return;
    }
    const { at, from, to, percent } = dividerAt(this.view.split, this.spot, this.room);
    this.divider.style.left = `${at}px`;
    const two = this.element.dataset.state === 'result';
    for (const { node, before } of this.layers) {
      Object.assign(node.style, { transform: '', width: '', height: '' });
      node.style.clipPath = !two ? 'none' : before
        ? `inset(0 ${100 - percent}% 0 0)` : `inset(0 0 0 ${percent}%)`;
    }
    this.onCut(at, `inset(0 0 0 ${percent}%)`);
    const share = Math.round(this.view.split * 100);
    this.divider.setAttribute('aria-valuenow', share);
    this.divider.setAttribute('aria-valuetext', say('divider.place', { before: share, after: 100 - share }));
    this.chips[0].style.opacity = at - from > EDGE ? 1 : 0;
    this.chips[1].style.opacity = to - at > EDGE ? 1 : 0;
  }

  // Side by side: the scene has half of the frame, and what is before lies beside it.
  part() {
    const shape = (spot) => `inset(${windowOf(spot, this.room).map((edge) => `${edge}px`).join(' ')})`;
    const { offsetLeft, offsetTop } = this.scene;
    for (const layer of this.layers) {
      const { left, top, width, height } = this.spotOf(layer);
      const x = left - this.spot.left - (layer.before ? offsetLeft : 0);
      const y = top - this.spot.top - (layer.before ? offsetTop : 0);
      Object.assign(layer.node.style, {
        width: `${width}px`, height: `${height}px`, transform: `translate(${x}px, ${y}px)`,
        clipPath: shape(this.spotOf(layer)),
      });
    }
    this.onCut(0, shape(this.spot));
    for (const chip of this.chips) chip.style.opacity = 1;
  }

  // Where the overview is coarser than the screen, ask for tiles at full resolution.
  sharpen() {
    clearTimeout(this.waiting);
    for (const layer of this.layers) {
      const known = layer.image.naturalWidth; // 0 while it is loading
      const wanted = this.spotOf(layer).width * devicePixelRatio;
      layer.node.classList.toggle('sharp', !layer.data.exact && known > 0 && known < wanted);
    }
    if (!this.layers.some(({ node }) => node.classList.contains('sharp'))) return;
    this.waiting = setTimeout(() => {
      for (const layer of this.layers) {
        if (!layer.node.classList.contains('sharp')) continue;
        const { left, top, right, bottom } = tilesInView(this.spotOf(layer), layer.picture, this.room);
        for (let row = top; row <= bottom; row++) {
          for (let column = left; column <= right; column++) this.fetchTile(layer, column, row);
        }
      }
    }, PATIENCE);
  }

  async fetchTile(layer, column, row) {
    const key = `${column},${row}`;
    if (layer.data.exact || layer.tiles.has(key)) return;
    layer.tiles.set(key, null);
    const url = await this.tile([layer.token, layer.index, column, row]).catch(() => {
      layer.tiles.delete(key); // it is asked for again when the view moves
    });
    if (!url || !layer.node.isConnected) return;
    const { tile: side, width, height } = layer.picture;
    const image = new Image();
    image.alt = '';
    image.src = url;
    const part = (at, length) => `${(100 * at * side) / length}%`;
    const extent = (at, length) => `${(100 * Math.min(side, length - at * side)) / length}%`;
    Object.assign(image.style, {
      left: part(column, width), top: part(row, height),
      width: extent(column, width), height: extent(row, height),
    });
    await image.decode().catch(() => {});
    layer.tiles.set(key, image);
    layer.node.append(image);
    this.onMove();
  }

  zoomTo(zoom, x = this.shown.width / 2, y = this.shown.height / 2) {
    this.look({ ...this.view, zoom, x, y });
  }

  look(view) {
    this.view = view;
    for (const button of this.zooms) {
      button.setAttribute('aria-pressed', String(button.dataset.zoom === String(view.zoom)));
    }
    this.place();
  }

  // Nearer or further around a point of the window; false where it goes no further.
  zoomBy(by, point) {
    const box = this.homeOf(point).getBoundingClientRect();
    const at = { x: point.clientX - box.left, y: point.clientY - box.top };
    const next = nearer(this.view, by, at, this.shown, this.room, devicePixelRatio);
    if (next.zoom === this.view.zoom) return false;
    this.look(next);
    return true;
  }

  // A new result is opened where the difference is seen best, pixel by pixel, unless all of it is.
  openAt([x, y]) {
    if (this.spot.scale * devicePixelRatio >= 1) return;
    this.zoomTo(1, x * this.shown.width, y * this.shown.height);
  }

  // What a point of the window lies on: side by side, it may be the half with what is before.
  homeOf({ clientX, clientY }) {
    const box = this.scene.getBoundingClientRect();
    return this.beside && (clientX < box.left || clientY < box.top) ? this.frame : this.scene;
  }

  // The point of the result under a point of the window.
  pointOf(point) {
    const box = this.homeOf(point).getBoundingClientRect();
    const scale = scaleOf(this.view.zoom, this.shown, this.room, devicePixelRatio);
    return [(point.clientX - box.left - this.spot.left) / scale, (point.clientY - box.top - this.spot.top) / scale];
  }

  middle() {
    const box = this.scene.getBoundingClientRect();
    return this.pointOf({ clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 });
  }

  splitAt({ clientX }) {
    const { from, to } = dividerAt(0, this.spot, this.room);
    const x = clientX - this.scene.getBoundingClientRect().left;
    this.setSplit((x - from) / (to - from));
  }

  setSplit(split) {
    this.view.split = clamp(split, 0, 1);
    this.cut();
  }

  // Two photos cannot lie under one divider.
  arrange() {
    const two = Boolean(this.other);
    this.element.classList.toggle('beside', this.apart || two);
    this.pairing.setAttribute('aria-pressed', String(this.apart || two));
    this.pairing.disabled = two;
    this.pairing.title = say(two ? 'tools.beside_two' : 'tools.beside_hint');
  }

  // Bring the picture into the window, if some of it is outside.
  reveal() {
    const box = this.frame.getBoundingClientRect();
    if (box.top >= 0 && box.bottom <= innerHeight) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.element.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
  }

  listen(find) {
    const { frame, divider } = this;
    frame.addEventListener('pointerdown', (event) => this.press(event));
    frame.addEventListener('dblclick', (event) => {
      if (!this.shown || this.element.classList.contains('brushes')) return;
      this.zoomTo(this.view.zoom === 'fit' ? 1 : 'fit', ...this.pointOf(event));
    });
    frame.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    frame.addEventListener('keydown', (event) => this.keys(event));
    divider.addEventListener('keydown', (event) => this.key(event));
    this.pairing.addEventListener('click', () => {
      this.apart = !this.apart;
      this.arrange();
      this.look(this.view);
    });
    for (const button of this.zooms) {
      const { zoom } = button.dataset;
      button.addEventListener('click', () =>
        this.zoomTo(zoom === 'fit' ? zoom : Number(zoom), ...this.middle()));
    }
    find('[data-act=full]').addEventListener('click', () =>
      document.fullscreenElement ? document.exitFullscreen() : this.element.requestFullscreen?.());
    new ResizeObserver(() => this.place()).observe(frame);
    this.heedDensity();
  }

  wheel(event) {
    if (!this.shown || event.shiftKey) return;
    const lines = event.deltaMode === 1 ? 16 : 1;
    const by = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)); // a pinch has Ctrl
    // Where it goes no further, the page scrolls.
    if (this.zoomBy(by, event) || event.ctrlKey) event.preventDefault();
  }

  // Zoom and move by keys, wherever in the frame the focus is.
  keys(event) {
    if (!this.shown || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = this.scene.getBoundingClientRect();
    const middle = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
    const by = { '+': 1.25, '=': 1.25, '-': 0.8 }[event.key];
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (by) this.zoomBy(by, middle);
    else if (event.key === '0') this.zoomTo('fit');
    else if (event.key === '1') this.zoomTo(1, ...this.middle());
    else if (event.target === this.frame && event.key in moves) {
      const [dx, dy] = moves[event.key].map((step) => step * 60);
      this.pan({ x: dx, y: dy, at: this.middle() }, { clientX: 0, clientY: 0 });
    } else return;
    event.preventDefault();
  }

  key(event) {
    const step = event.shiftKey ? 0.1 : 0.02;
    const moves = {
      ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step,
      PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.setSplit(this.view.split + moves[event.key]);
  }

  // One finger or the mouse: the brush, the divider, or the picture itself where it is larger than
  // the frame.
  press(event) {
    if (!this.shown || event.button || event.target.closest('.drop, .legend, .region')) return;
    if (this.onPress(event)) return;
    const moves = this.frame.classList.contains('pans') && !event.target.closest('.divider');
    if (!moves && (this.element.dataset.state !== 'result' || this.beside)) return;
    const start = { x: event.clientX, y: event.clientY, at: this.middle() };
    this.follow(event, (next) => (moves ? this.pan(start, next) : this.splitAt(next)));
    if (moves) return;
    this.splitAt(event);
    this.divider.focus({ preventScroll: true });
    event.preventDefault();
  }

  pan(start, { clientX, clientY }) {
    const { scale } = this.spot;
    this.view.x = clamp(start.at[0] - (clientX - start.x) / scale, 0, this.shown.width);
    this.view.y = clamp(start.at[1] - (clientY - start.y) / scale, 0, this.shown.height);
    this.place();
  }

  follow(event, move) {
    const { frame } = this;
    const heed = (next) => next.pointerId === event.pointerId && !this.pinching && move(next);
    const stop = () => {
      frame.removeEventListener('pointermove', heed);
      frame.classList.remove('held');
    };
    frame.setPointerCapture(event.pointerId);
    frame.classList.add('held');
    frame.addEventListener('pointermove', heed);
    for (const name of ['pointerup', 'pointercancel']) frame.addEventListener(name, stop, { once: true });
  }

  // A window that comes to a screen of another density keeps its size.
  heedDensity() {
    const same = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    same.addEventListener('change', () => {
      this.place();
      this.heedDensity();
    }, { once: true });
  }
}
