// The brush, for a mouse, a finger, a pen or the keyboard: it paints the regions of regions.js.
import { clamp } from './geometry.js';
import { NONE } from './regions.js';

const STEPS_BACK = 12;

export class Brush {
  constructor(element, viewer, blend) {
    const find = (selector) => element.querySelector(selector);
    Object.assign(this, { viewer, blend });
    this.toolbar = find('.brush');
    this.button = find('[data-act=brush]');
    this.tip = find('.tip');
    this.sizer = find('.brush input');
    this.tint = find('canvas.tint');
    this.undo = find('[data-act=undo]');
    this.clear = find('[data-act=clear]');
    this.strokes = []; // the regions before each stroke
    this.kind = 'faithful';
    this.drawing = null; // ends the stroke in work
    this.stale = null; // cells that changed since the last frame
    this.parted = 0.5; // where the divider was before the brush
    this.tipAt = [0, 0];
    this.listen(find);
  }

  get on() {
    return this.blend.on && this.button.getAttribute('aria-pressed') === 'true';
  }

  // The viewer shows something else: nothing is painted.
  show() {
    this.strokes = [];
    this.drawing?.();
    this.press(false);
    const { regions } = this.blend;
    if (regions) Object.assign(this.tint, { width: regions.width, height: regions.height });
    this.changed();
  }

  // The overlay lies where the picture lies.
  place() {
    const { left, top, width, height } = this.viewer.spot;
    Object.assign(this.tint.style, {
      width: `${width}px`, height: `${height}px`, transform: `translate(${left}px, ${top}px)`,
    });
  }

  // With the brush the whole picture is the blend: the divider waits at its edge.
  press(on) {
    const was = this.button.getAttribute('aria-pressed') === 'true';
    this.button.setAttribute('aria-pressed', String(on));
    this.viewer.element.classList.toggle('brushes', on);
    this.advise();
    if (on === was || !this.viewer.shown) return;
    if (on) this.parted = this.viewer.view.split;
    const { width, height } = this.viewer.room;
    this.point(width / 2, height / 2);
    this.viewer.setSplit(on ? 0 : this.parted);
    this.blend.describe();
  }

  advise() {
    const chosen = this.toolbar.querySelector(`[data-kind=${this.kind}]`);
    this.blend.hint = this.on ? chosen.title : '';
  }

  remember() {
    this.strokes = [...this.strokes.slice(1 - STEPS_BACK), this.blend.regions.snapshot()];
  }

  begin() {
    this.remember();
    this.viewer.element.classList.add('painting');
    const value = { faithful: 0, now: this.blend.share, vivid: 1, erase: NONE }[this.kind];
    return this.blend.regions.begin(value);
  }

  end() {
    this.viewer.element.classList.remove('painting');
    this.changed();
  }

  // After a stroke, or several at once taken back.
  changed() {
    const { blend } = this;
    if (!blend.on) return;
    blend.regions.measure();
    this.undo.disabled = !this.strokes.length;
    this.clear.disabled = !blend.painted;
    this.colour();
    blend.describe();
    blend.veil();
    blend.dress();
    if (blend.still) blend.paint();
  }

  takeBack() {
    const before = this.strokes.pop();
    if (before) this.blend.regions.restore(before);
    this.changed();
  }

  draw(stroke, from, to) {
    const radius = this.sizer.valueAsNumber / 2 / this.viewer.spot.scale;
    this.freshen(this.blend.regions.draw(stroke, from, to, radius));
  }

  // A dab where the circle is, for the keyboard.
  dab() {
    const box = this.viewer.scene.getBoundingClientRect();
    const at = this.viewer.pointOf({
      clientX: box.left + this.tipAt[0], clientY: box.top + this.tipAt[1],
    });
    this.draw(this.begin(), at, at);
    this.end();
  }

  // The circle that shows where the brush is, and how large.
  point(x, y) {
    const { width, height } = this.viewer.room;
    this.tipAt = [clamp(x, 0, width), clamp(y, 0, height)];
    const size = this.sizer.valueAsNumber;
    Object.assign(this.tip.style, {
      width: `${size}px`, height: `${size}px`,
      transform: `translate(${this.tipAt[0] - size / 2}px, ${this.tipAt[1] - size / 2}px)`,
    });
  }

  // True if a press on the frame paints. A second finger moves the view instead.
  start(event) {
    if (!this.on || event.target.closest('.divider')) return false;
    const { frame } = this.viewer;
    if (this.drawing) {
      this.drawing();
      this.takeBack();
      return !frame.classList.contains('pans');
    }
    const stroke = this.begin();
    let last = this.viewer.pointOf(event);
    this.draw(stroke, last, last);
    const move = (next) => {
      if (next.pointerId !== event.pointerId) return;
      for (const each of next.getCoalescedEvents?.() || [next]) {
        const now = this.viewer.pointOf(each);
        this.draw(stroke, last, now);
        last = now;
      }
    };
    const stop = (next) => {
      if (next && next.pointerId !== event.pointerId) return;
      for (const name of ['pointerup', 'pointercancel']) frame.removeEventListener(name, stop);
      frame.removeEventListener('pointermove', move);
      this.drawing = null;
      this.end();
    };
    this.drawing = stop;
    frame.setPointerCapture(event.pointerId);
    frame.addEventListener('pointermove', move);
    for (const name of ['pointerup', 'pointercancel']) frame.addEventListener(name, stop);
    this.tip.focus({ preventScroll: true });
    event.preventDefault();
    return true;
  }

  // Draws the cells that changed since the last frame.
  freshen(cells) {
    if (cells.left > cells.right || cells.top > cells.bottom) return; // beside the picture
    const wait = this.stale;
    this.stale = !wait ? cells : {
      left: Math.min(wait.left, cells.left), top: Math.min(wait.top, cells.top),
      right: Math.max(wait.right, cells.right), bottom: Math.max(wait.bottom, cells.bottom),
    };
    if (!wait) requestAnimationFrame(() => this.refresh());
  }

  refresh() {
    const { left, top, right, bottom } = this.stale;
    this.stale = null;
    const { regions, still } = this.blend;
    if (!regions) return;
    this.colour(top, bottom + 1);
    if (!still) return;
    const { box } = still;
    const { spot } = this.viewer;
    const dot = (at, edge, length, count, first, most) =>
      clamp(Math.round((edge + at * length / count) * devicePixelRatio) - first, 0, most);
    const across = (at) => dot(at, spot.left, spot.width, regions.width, box.x, box.width);
    const down = (at) => dot(at, spot.top, spot.height, regions.height, box.y, box.height);
    const part = { x: across(left - 1), y: down(top - 1) };
    part.width = across(right + 2) - part.x;
    part.height = down(bottom + 2) - part.y;
    if (part.width > 0 && part.height > 0) this.blend.paint(part);
  }

  // Rows of the overlay that shows where was painted.
  colour(from = 0, to = this.blend.regions.height) {
    const { regions } = this.blend;
    const image = new ImageData(regions.colours(from, to), regions.width, to - from);
    this.tint.getContext('2d').putImageData(image, 0, from);
  }

  listen(find) {
    this.button.addEventListener('click', () => this.press(!this.on));
    this.sizer.addEventListener('input', () => this.point(...this.tipAt));
    this.undo.addEventListener('click', () => this.takeBack());
    this.clear.addEventListener('click', () => {
      this.remember();
      this.blend.regions.clear();
      this.changed();
    });
    this.viewer.frame.addEventListener('pointermove', (event) => {
      if (!this.on) return;
      const box = this.viewer.homeOf(event).getBoundingClientRect();
      this.point(event.clientX - box.left, event.clientY - box.top);
    });
    this.tip.addEventListener('keydown', (event) => this.key(event));
    const kinds = [...this.toolbar.querySelectorAll('[data-kind]')];
    for (const button of kinds) {
      button.addEventListener('click', () => {
        this.kind = button.dataset.kind;
        for (const other of kinds) other.setAttribute('aria-pressed', String(other === button));
        this.advise();
        this.blend.describe();
      });
    }
    find('[data-act=tint]').addEventListener('click', ({ currentTarget }) => {
      const on = currentTarget.getAttribute('aria-pressed') !== 'true';
      currentTarget.setAttribute('aria-pressed', String(on));
      this.viewer.element.classList.toggle('tinted', on);
    });
  }

  key(event) {
    const step = event.shiftKey ? 2 : Math.max(4, this.sizer.valueAsNumber / 3);
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const resize = { '[': -8, ']': 8 }[event.key];
    const back = event.key === 'Backspace' || ((event.ctrlKey || event.metaKey) && event.key === 'z');
    if (event.key in moves) {
      const [x, y] = moves[event.key];
      this.point(this.tipAt[0] + x * step, this.tipAt[1] + y * step);
    } else if (event.key === ' ' || event.key === 'Enter') {
      this.dab();
    } else if (back) {
      this.takeBack();
    } else if (resize) {
      this.sizer.value = this.sizer.valueAsNumber + resize;
      this.point(...this.tipAt);
    } else {
      return;
    }
    event.preventDefault();
  }
}
