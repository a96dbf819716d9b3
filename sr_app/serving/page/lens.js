// A lens over the picture: on its left what is before, on its right the result, twice as large as
// pixel by pixel and exact as the screen can be, wherever the view is.
import { clamp, tilesInView } from './geometry.js';

const SIDE = 240; // pixels of the page
const STEP = 24; // of an arrow key

// The place of the whole picture for a lens that shows `point` (of the picture) in its middle.
export function spotAround([x, y], scale, picture, side) {
  return {
    left: side / 2 - x * scale, top: side / 2 - y * scale,
    width: picture.width * scale, height: picture.height * scale, scale,
  };
}

export class Lens {
  constructor(element, viewer, blend) {
    const find = (selector) => element.querySelector(selector);
    Object.assign(this, { viewer, blend });
    this.button = find('[data-act=lens]');
    this.node = find('.lens');
    this.canvas = find('.lens canvas');
    this.at = null; // in the scene
    this.asked = 0;
    this.base = null; // where the slider of the result on the left stands
    this.listen();
  }

  get on() {
    return this.button.getAttribute('aria-pressed') === 'true' && this.viewer.element.dataset.state === 'result';
  }

  listen() {
    const { frame } = this.viewer;
    this.button.addEventListener('click', () => {
      const on = this.button.getAttribute('aria-pressed') !== 'true';
      this.button.setAttribute('aria-pressed', String(on));
      const { width, height } = this.viewer.room;
      this.at = [width / 2, height / 2];
      this.refresh();
    });
    frame.addEventListener('pointermove', (event) => {
      if (this.on && !event.target.closest('.legend')) this.follow(event);
    });
    this.node.addEventListener('keydown', (event) => {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (!(event.key in moves)) return;
      event.preventDefault();
      event.stopPropagation();
      const [dx, dy] = moves[event.key];
      this.move(this.at[0] + STEP * dx, this.at[1] + STEP * dy);
    });
  }

  follow(event) {
    const box = this.viewer.homeOf(event).getBoundingClientRect();
    // Above a finger, which would hide it.
    const lift = event.pointerType === 'touch' ? SIDE * 0.7 : 0;
    this.lift = lift;
    this.move(event.clientX - box.left, event.clientY - box.top);
  }

  move(x, y) {
    const { width, height } = this.viewer.room;
    this.at = [clamp(x, 0, width), clamp(y, 0, height)];
    this.refresh();
  }

  // The view moved, or the slider did.
  refresh() {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.node.hidden = !this.on;
      this.viewer.element.classList.toggle('lensed', this.on);
      if (this.on) this.draw();
    });
  }

  draw() {
    const { viewer, blend } = this;
    const { width, height } = viewer.room;
    this.at = [clamp(this.at?.[0] ?? width / 2, 0, width), clamp(this.at?.[1] ?? height / 2, 0, height)];
    const density = devicePixelRatio;
    const { left, top, scale } = viewer.spot;
    const point = [(this.at[0] - left) / scale, (this.at[1] - top) / scale];
    const side = Math.min(SIDE, viewer.frame.clientWidth * 0.6);
    const near = Math.max(2 / density, 2 * scale);
    const spots = [viewer.other ?? viewer.shown, viewer.shown].map((picture) => {
      const across = picture.width / viewer.shown.width;
      const down = picture.height / viewer.shown.height;
      const own = viewer.other === picture ? viewer.otherSpot.scale / scale : 1;
      return spotAround([point[0] * across, point[1] * down], near * own, picture, side);
    });
    for (const layer of viewer.layers) this.sharpen(layer, spots[layer.before ? 0 : 1], side);
    const box = { x: 0, y: 0, width: Math.round(side * density), height: Math.round(side * density) };
    Object.assign(this.canvas, { width: box.width, height: box.height });
    const { offsetLeft, offsetTop } = viewer.scene;
    Object.assign(this.node.style, {
      width: `${side}px`, height: `${side}px`,
      transform: `translate(${this.at[0] + offsetLeft - side / 2}px, ${this.at[1] + offsetTop - side / 2 - (this.lift ?? 0)}px)`,
    });
    const context = this.canvas.getContext('2d');
    const halves = [[viewer.layers.filter(({ before }) => before), this.base], [viewer.after, null]];
    halves.forEach(([layers, place], index) => {
      const words = blend.seen(layers, box, spots[index], place);
      if (!words) return;
      const image = new ImageData(new Uint8ClampedArray(words.buffer), box.width, box.height);
      const half = Math.round(box.width / 2);
      context.putImageData(image, 0, 0, index ? half : 0, 0, index ? box.width - half : half, box.height);
    });
  }

  // Tiles under the lens, where the overview is coarser than it.
  sharpen(layer, spot, side) {
    if (layer.data.exact) return;
    const room = { width: side, height: side };
    const { left, top, right, bottom } = tilesInView(spot, layer.picture, room);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) this.viewer.fetchTile(layer, column, row);
    }
  }
}
