// The slider between faithful and vivid. While the view moves, the browser blends the two layers by
// opacity or mask, which can be two grey levels off. At rest both are read once, as the screen shows them,
// and a move of the slider is arithmetic on those pixels: exact, and without a request.
import { mixAlike, mixEach } from './mixing.js';
import { Regions } from './regions.js';
import { paintedText, placeText } from './wording.js';

const REST = 120; // milliseconds without a move of the view
const SLOW = 600; // the most that frames of a slow browser prolong that
const LONG = 8; // milliseconds of arithmetic that leave a frame to the rest of the browser

// How long a slider has to rest whose last two moves were so far apart: a slow browser's next move
// may be on its way.
export function restAfter(pause) {
  return pause < SLOW ? Math.min(SLOW, Math.max(REST, 2 * pause)) : REST;
}

export class Blend {
  // side: most cells along a side of a painted map.
  constructor(element, viewer, side) {
    const find = (selector) => element.querySelector(selector);
    Object.assign(this, { viewer, side });
    this.slider = find('.blend input');
    this.said = find('.blend output');
    this.exact = find('canvas.exact');
    this.still = null; // what is in view at rest, see settle()
    this.resting = 0;
    this.frameAsked = 0;
    this.movedAt = 0; // when the slider last moved, milliseconds
    this.taken = 0; // milliseconds that a whole blend took the last time
    this.regions = null;
    this.hint = ''; // said instead of the place while the brush has painted nothing
    this.places = new Map(); // token of a result -> where its slider was left
    this.slider.addEventListener('input', () => this.slide());
  }

  get on() {
    return Boolean(this.viewer.shown?.blend);
  }

  get value() {
    return this.on ? this.slider.valueAsNumber : 0;
  }

  get share() {
    return this.value / 100;
  }

  get painted() {
    return Boolean(this.on && this.regions?.painted);
  }

  // Where the slider of any result stands.
  placeOf(shown) {
    return shown.blend ? (this.places.get(shown.token) ?? shown.blend.start) : 0;
  }

  // The viewer shows something else.
  show() {
    const { shown, element } = this.viewer;
    element.classList.toggle('blends', this.on);
    this.still = null;
    this.regions = this.on ? new Regions(shown, this.side) : null;
    if (!this.on) return;
    this.slider.value = this.placeOf(shown);
    this.veil();
    this.describe();
    this.stir();
  }

  slide() {
    if (!this.on) return;
    this.places.set(this.viewer.shown.token, this.value);
    this.describe();
    this.frameAsked ||= requestAnimationFrame((now) => {
      this.frameAsked = 0;
      if (!this.on) return;
      this.veil();
      if (!this.still) return;
      if (this.taken <= LONG) {
        this.paint();
        return;
      }
      // A very large view is left to the browser's own blending, too, while the slider moves.
      this.viewer.element.classList.remove('still');
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.settle(), restAfter(now - this.movedAt));
      this.movedAt = now;
    });
  }

  // The vivid layer over the faithful one, for a view that moves.
  veil() {
    const { style } = this.viewer.after[1].node;
    style.opacity = this.painted ? 1 : this.share;
    style.setProperty('--share', this.share);
  }

  describe() {
    if (!this.on) return;
    const { blend } = this.viewer.shown;
    const place = placeText(this.value, blend.invented);
    this.slider.style.setProperty('--done', `${this.value}%`);
    this.slider.setAttribute('aria-valuetext', place);
    this.said.textContent = this.painted ? paintedText(this.value, this.regions.part)
      : this.hint || place;
  }

  // The view moves: opacity does it until it rests.
  stir() {
    this.still = null;
    this.viewer.element.classList.remove('still');
    clearTimeout(this.resting);
    if (this.on) this.resting = setTimeout(() => this.settle(), REST);
  }

  settle() {
    this.still ??= this.read();
    if (!this.still) return;
    const start = performance.now();
    this.paint();
    this.taken = performance.now() - start;
    this.viewer.cut();
    this.viewer.element.classList.add('still');
  }

  // Both ends as the screen shows them; null while they load, or where there is nothing in view.
  read() {
    const { shown, after, spot, room } = this.viewer;
    if (!this.on || !after.every(({ image }) => image.complete && image.naturalWidth)) return null;
    const ratio = devicePixelRatio;
    const low = (edge) => Math.floor(Math.max(0, edge) * ratio);
    const high = (edge, most) => Math.ceil(Math.min(most, edge) * ratio);
    const box = { x: low(spot.left), y: low(spot.top) };
    box.width = high(spot.left + spot.width, room.width) - box.x;
    box.height = high(spot.top + spot.height, room.height) - box.y;
    if (box.width < 1 || box.height < 1) return null;
    // A wide-gamut photo on a wide-gamut screen keeps its colours.
    const wide = shown.profiled && matchMedia('(color-gamut: p3)').matches;
    const colorSpace = wide ? 'display-p3' : 'srgb';
    const [faithful, vivid] = after.map((layer) => this.pixels(layer, box, colorSpace));
    this.lay(box, spot, ratio);
    const context = this.exact.getContext('2d', { colorSpace });
    const out = new ImageData(box.width, box.height, { colorSpace });
    const words = new Int32Array(out.data.buffer);
    return {
      box, faithful, vivid, out, words, context,
      places: this.regions.placesIn(box, spot, ratio),
    };
  }

  // Put the canvas over the part of the picture that is in view.
  lay(box, { left, top }, ratio) {
    Object.assign(this.exact, { width: box.width, height: box.height });
    Object.assign(this.exact.style, {
      left: `${box.x / ratio}px`, top: `${box.y / ratio}px`,
      width: `${box.width / ratio}px`, height: `${box.height / ratio}px`,
      backgroundPosition: `${left - box.x / ratio}px ${top - box.y / ratio}px`,
    });
  }

  // A layer's pixels in a box of the frame, as the screen shows them: one word each.
  pixels(layer, box, colorSpace, { left, top, width, height } = this.viewer.spot) {
    const ratio = devicePixelRatio;
    const canvas = new OffscreenCanvas(box.width, box.height);
    const context = canvas.getContext('2d', { colorSpace, willReadFrequently: true });
    context.imageSmoothingQuality = 'medium'; // as pictures in the page are shrunk
    context.setTransform(ratio, 0, 0, ratio, -box.x, -box.y);
    context.drawImage(layer.image, left, top, width, height);
    if (layer.tiles.size) {
      const { tile: side, width: wide, height: high } = layer.picture;
      const scale = width / wide;
      for (const [key, image] of layer.tiles) {
        if (!image) continue;
        const [x, y] = key.split(',').map((at) => at * side);
        context.drawImage(image, left + x * scale, top + y * scale,
          Math.min(side, wide - x) * scale, Math.min(side, high - y) * scale);
      }
    }
    const { data } = context.getImageData(0, 0, box.width, box.height, { colorSpace });
    return new Int32Array(data.buffer);
  }

  // Blends what is in view, or the part of it that a stroke of the brush has changed.
  paint(part = { x: 0, y: 0, width: this.still.box.width, height: this.still.box.height }) {
    const { still, regions } = this;
    const steps = Math.round(256 * this.share);
    const cells = this.painted ? regions.mixed(this.share) : null;
    for (let y = part.y; y < part.y + part.height; y++) {
      const from = y * still.box.width + part.x;
      const to = from + part.width;
      const shares = cells && regions.stretched(cells, still.places, y, part.x, part.x + part.width);
      if (shares) mixEach(still, from, to, shares, part.x);
      else mixAlike(still, from, to, steps);
    }
    still.context.putImageData(still.out, 0, 0, part.x, part.y, part.width, part.height);
  }

  // The layers right of the divider, or left of it, elsewhere than they lie: for a lens. The words of
  // `box`, as the picture would look with its corner and size of `spot`; null while it loads.
  seen(layers, box, spot, place) {
    if (!layers.every(({ image }) => image.complete && image.naturalWidth)) return null;
    const [faithful, vivid] = layers.map((layer) => this.pixels(layer, box, 'srgb', spot));
    if (!vivid) return faithful;
    const words = new Int32Array(faithful.length);
    const cells = place === null && this.painted ? this.regions.mixed(this.share) : null;
    const places = cells && this.regions.placesIn(box, spot, devicePixelRatio);
    const steps = Math.round(256 * (place ?? this.share));
    for (let y = 0; y < box.height; y++) {
      const [from, to] = [y * box.width, (y + 1) * box.width];
      const shares = cells && this.regions.stretched(cells, places, y, 0, box.width);
      if (shares) mixEach({ words, faithful, vivid }, from, to, shares, 0);
      else mixAlike({ words, faithful, vivid }, from, to, steps);
    }
    return words;
  }

  // What the divider leaves of the blend.
  cut(at) {
    if (!this.still) return;
    const hidden = Math.max(0, at - this.still.box.x / devicePixelRatio);
    this.exact.style.clipPath = `inset(0 0 0 ${hidden}px)`;
  }

  // While the view moves, a painted map is a mask of the vivid layer: what was painted, and over it
  // the slider's share of the rest. A move of the slider then changes one number of a style.
  dress() {
    const style = this.on && this.viewer.after[1]?.node.style;
    if (!style) return;
    const [own, rest] = this.painted ? this.regions.masks().map((bytes) => this.address(bytes)) : [];
    const shared = 'linear-gradient(rgb(0 0 0 / var(--share)) 0 0)';
    style.maskImage = own ? `${own}, ${shared}, ${rest}` : '';
  }

  // RGBA bytes, a pixel for each cell of the regions, as a picture of a style.
  address(bytes) {
    const canvas = document.createElement('canvas');
    const { width, height } = Object.assign(canvas, {
      width: this.regions.width, height: this.regions.height,
    });
    canvas.getContext('2d').putImageData(new ImageData(bytes, width, height), 0, 0);
    return `url(${canvas.toDataURL()})`;
  }

  // What the download is asked for: the slider's percent, or what was painted.
  get place() {
    return this.painted ? this.regions.packed(this.share) : this.value;
  }
}
