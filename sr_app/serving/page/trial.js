// See before you wait: a region of the photo in every way that makes sense, side by side, and the
// frame on the photo that says where it is. All pictures move and zoom together; a click on one
// chooses its kind and where the slider begins.
import { clamp } from './geometry.js';
import { say, small } from './words.js';

const PLACES = [[0, 'faithful'], [50, 'halfway'], [100, 'vivid']];
const DEEPEST = 8; // times the region as it fits
const WAIT = 350; // milliseconds after the last press of an arrow key
const SLACK = 4; // pixels that a click may move

// The view of all pictures: zoom, and the middle as shares of the region.
export function moved({ zoom, x, y }, { by = 1, dx = 0, dy = 0 }) {
  const next = clamp(zoom * by, 1, DEEPEST);
  const edge = 0.5 / next;
  return { zoom: next, x: clamp(x - dx / next, edge, 1 - edge), y: clamp(y - dy / next, edge, 1 - edge) };
}

// Where a region of that size lies when its middle is moved there: inside the photo.
export function inside([left, top, width, height], photo) {
  return [clamp(left, 0, photo.width - width), clamp(top, 0, photo.height - height), width, height];
}

// The ways in the order in which they are shown: what is proposed comes first.
export function ordered(ways, proposed) {
  return ways.toSorted((one, two) => (two.kind === proposed) - (one.kind === proposed));
}

// What makes the blend of two pictures at t: each and its part. They are added up, transparency too.
export function mixed([faithful, vivid], t) {
  return [[faithful, 1 - t], [vivid, t]].filter(([url, part]) => url && part > 0);
}

const placesOf = ({ urls }) => (urls.length > 1 ? PLACES : PLACES.slice(0, 1));

function element(tag, text = '') {
  return Object.assign(document.createElement(tag), { textContent: text });
}

function cell(tag, name) {
  const node = element(tag);
  const view = element('span');
  node.className = 'way';
  view.className = 'peek';
  view.append(element('span'));
  node.append(view, element('span', name));
  return node;
}

// Pictures [url, opacity] laid over each other in a cell.
function paint(node, pictures) {
  const sum = node.querySelector('.peek > span');
  while (sum.children.length < pictures.length) {
    const image = Object.assign(new Image(), { alt: '', draggable: false });
    image.addEventListener('load', () => sum.parentNode.classList.add('there'));
    sum.append(image);
  }
  while (sum.children.length > pictures.length) sum.lastChild.remove();
  pictures.forEach(([url, opacity], index) => {
    const image = sum.children[index];
    if (image.getAttribute('src') !== url) image.src = url;
    image.style.opacity = opacity;
  });
}

export class Trial {
  constructor(element, viewer, act) {
    const find = (selector) => element.querySelector(selector);
    Object.assign(this, { viewer, act });
    this.box = find('.trial');
    this.grid = find('.trial-grid');
    this.said = find('.trial-said');
    this.region = find('.region');
    this.view = { zoom: 1.6, x: 0.5, y: 0.5 };
    this.at = null; // [left, top, width, height] in pixels of the photo
    this.rows = new Map(); // kind -> { title, cells } of the pictures that there are
    this.waiting = 0;
    this.dragged = false; // the press that ends was no click
    this.listen();
  }

  show({ trial, shown, photo, proposal, start, work, pending, batch }) {
    const on = Boolean(trial && photo && !shown && (!work || batch));
    this.box.hidden = !on;
    this.viewer.element.classList.toggle('trying', on);
    const same = this.photo?.layers[0].url === photo?.layers[0].url;
    this.photo = on ? photo : null;
    if (!on || !same) this.draw([], null, null, false);
    if (!on) {
      this.place();
      return;
    }
    if (!this.waiting) this.at = trial.box;
    this.place();
    this.box.classList.toggle('pending', pending);
    const ways = ordered(trial.ways, proposal?.kind);
    this.said.textContent = trial.failed || (ways.length ? say('trial.hint') : '');
    const chosen = (kind, place) => place === start && (!kind || kind === trial.kind);
    this.draw(ways, trial.before, proposal, pending);
    for (const button of this.grid.querySelectorAll('button')) {
      const { kind, place } = button.dataset;
      button.setAttribute('aria-pressed', String(chosen(kind, Number(place))));
    }
  }

  // Only pictures change where there are others of the same ways: a button that is being pressed
  // stays. While others are made, the earlier ones stay, too.
  draw(ways, before, proposal, pending) {
    for (const [kind, { title, cells }] of this.rows) {
      const way = ways.find((one) => one.kind === kind);
      if (way ? placesOf(way).length === cells.length - 1 : pending) continue;
      for (const node of [title, ...cells]) node.remove();
      this.rows.delete(kind);
    }
    for (const way of ways) {
      const proposed = Boolean(way.kind) && way.kind === proposal?.kind;
      if (!this.rows.has(way.kind)) this.add(way, proposed);
      const { title, cells } = this.rows.get(way.kind);
      title.textContent = way.name;
      if (proposed) title.append(element('small', say('trial.proposed')));
      paint(cells[0], [[before, 1]]);
      placesOf(way).forEach(([place], index) => paint(cells[index + 1], mixed(way.urls, place / 100)));
    }
  }

  add(way, first) {
    const title = document.createElement('h3');
    const cells = [cell('div', say('trial.photo')), ...placesOf(way).map(([place, key]) => {
      const name = say(`blend.${key}`);
      const button = Object.assign(cell('button', name), { type: 'button' });
      Object.assign(button.dataset, { kind: way.kind, place });
      button.setAttribute('aria-label', say('trial.choose', { kind: way.name, place: small(name) }));
      return button;
    })];
    this.rows.set(way.kind, { title, cells });
    this.grid[first ? 'prepend' : 'append'](title, ...cells);
  }

  // The frame on the photo.
  place() {
    const on = Boolean(this.photo && this.at);
    this.region.hidden = !on;
    if (!on) return;
    const { left, top, scale } = this.viewer.spot;
    const [x, y, width, height] = this.at;
    Object.assign(this.region.style, {
      left: `${left + x * scale}px`, top: `${top + y * scale}px`,
      width: `${width * scale}px`, height: `${height * scale}px`,
    });
    const percent = (at, length, all) => Math.round((100 * (at + length / 2)) / all);
    this.region.setAttribute('aria-valuetext',
      say('region.place', { left: percent(x, width, this.photo.width), top: percent(y, height, this.photo.height) }));
  }

  // Move the region, and ask for it when it rests.
  move(left, top, wait = WAIT) {
    if (!this.photo || !this.at) return;
    this.at = inside([left, top, this.at[2], this.at[3]], this.photo);
    this.place();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = 0;
      const [x, y, width, height] = this.at;
      this.act('region', [Math.round(x + width / 2), Math.round(y + height / 2)]);
    }, wait);
  }

  zoom(change) {
    this.view = moved(this.view, change);
    const { zoom, x, y } = this.view;
    this.grid.style.setProperty('--zoom', zoom);
    this.grid.style.setProperty('--x', `${-100 * (x - 0.5 / zoom)}%`);
    this.grid.style.setProperty('--y', `${-100 * (y - 0.5 / zoom)}%`);
  }

  listen() {
    this.zoom({});
    this.region.addEventListener('pointerdown', (event) => this.drag(event));
    this.region.addEventListener('keydown', (event) => {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (!(event.key in moves) || !this.at) return;
      event.preventDefault();
      const step = this.at[2] / (event.shiftKey ? 20 : 4);
      const [dx, dy] = moves[event.key];
      this.move(this.at[0] + dx * step, this.at[1] + dy * step);
    });
    this.grid.addEventListener('wheel', (event) => {
      if (!event.target.closest('.peek')) return;
      const by = Math.exp(-0.002 * event.deltaY);
      if (moved(this.view, { by }).zoom === this.view.zoom) return; // then the page scrolls
      event.preventDefault();
      this.zoom({ by });
    }, { passive: false });
    this.grid.addEventListener('pointerdown', (event) => this.pan(event));
    this.grid.addEventListener('keydown', (event) => {
      const by = { '+': 1.25, '=': 1.25, '-': 0.8 }[event.key];
      if (by) this.zoom({ by });
    });
    this.grid.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (!button || this.dragged) return;
      const { kind, place } = button.dataset;
      this.act('choose', [kind || null, Number(place)]);
    });
  }

  // The frame follows the pointer; its new place is asked for when it is let go.
  drag(event) {
    if (event.button || !this.at) return;
    event.preventDefault();
    event.stopPropagation();
    this.region.focus({ preventScroll: true });
    const [left, top] = this.at;
    const { scale } = this.viewer.spot;
    this.follow(this.region, event, (dx, dy) => this.move(left + dx / scale, top + dy / scale));
  }

  pan(event) {
    const peek = event.target.closest('.peek');
    this.dragged = false;
    if (event.button || !peek) return;
    const { width, height } = peek.getBoundingClientRect();
    let last = [0, 0];
    this.follow(null, event, (dx, dy) => {
      if (Math.hypot(dx, dy) > SLACK) this.dragged = true;
      this.zoom({ dx: (dx - last[0]) / width, dy: (dy - last[1]) / height });
      last = [dx, dy];
    });
  }

  follow(node, event, move) {
    const target = node ?? window;
    const heed = (next) => next.pointerId === event.pointerId
      && move(next.clientX - event.clientX, next.clientY - event.clientY);
    const stop = () => target.removeEventListener('pointermove', heed);
    node?.setPointerCapture(event.pointerId);
    target.addEventListener('pointermove', heed);
    for (const name of ['pointerup', 'pointercancel']) target.addEventListener(name, stop, { once: true });
  }
}
