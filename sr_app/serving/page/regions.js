// The slider's position by region. Two numbers for every cell of a map that is stretched over the
// result: how much of the cell was painted, and that times the position painted there. The slider
// moves the rest. The download takes the map along (serving/regions.py).
import { clamp } from './geometry.js';

const SOFT = 0.5; // part of the radius from which a stroke's edge falls off
export const NONE = -1; // what the eraser paints
const COLOURS = [[64, 140, 255], [255, 176, 32]]; // of faithful and of vivid regions

export class Regions {
  // A map for a picture { width, height }, of at most `side` cells a side.
  constructor(picture, side) {
    const cell = Math.max(1, Math.max(picture.width, picture.height) / side);
    this.picture = picture;
    this.width = Math.max(1, Math.round(picture.width / cell));
    this.height = Math.max(1, Math.round(picture.height / cell));
    this.cover = new Float32Array(this.width * this.height);
    this.worth = new Float32Array(this.width * this.height);
    this.most = 0; // of cover
    this.part = 0; // of the picture that is painted
  }

  get painted() {
    return this.most > 0;
  }

  snapshot() {
    return { cover: this.cover.slice(), worth: this.worth.slice() };
  }

  restore({ cover, worth }) {
    this.cover.set(cover);
    this.worth.set(worth);
    this.measure();
  }

  clear() {
    this.cover.fill(0);
    this.worth.fill(0);
    this.measure();
  }

  // How much of the picture was painted, measured after every stroke.
  measure() {
    this.most = this.part = 0;
    for (const value of this.cover) {
      if (value > this.most) this.most = value;
      this.part += value / this.cover.length;
    }
  }

  // The map in steps of 1/255, for a slider at t: the screen's and the file's are both stretched
  // from these.
  mixed(t) {
    const cells = new Uint8Array(this.cover.length);
    for (let i = 0; i < cells.length; i++) {
      cells[i] = 255 * (t * (1 - this.cover[i]) + this.worth[i]) + 0.5;
    }
    return cells;
  }

  // The map in two parts that no slider changes, as RGBA bytes of which alpha counts: own, what was
  // painted, and rest, how much of what own leaves is the slider's: own + t * rest * (1 - own).
  masks() {
    const [own, rest] = [0, 1].map(() => new Uint8ClampedArray(4 * this.cover.length));
    this.cover.forEach((cover, i) => {
      const worth = this.worth[i];
      own[4 * i + 3] = 255 * worth;
      rest[4 * i + 3] = worth < 1 ? 255 * (1 - cover) / (1 - worth) : 0;
    });
    return [own, rest];
  }

  // The map for the server, see serving/regions.py.
  packed(t) {
    const text = Array.from(this.mixed(t), (value) => String.fromCharCode(value)).join('');
    return [this.height, this.width, btoa(text)];
  }

  // What a stroke keeps while it is drawn. value: 0 to 1, or NONE to take away.
  begin(value) {
    return { value, before: this.snapshot(), done: new Float32Array(this.cover.length) };
  }

  // A stroke from one point of the picture to another, softly edged; where it crosses itself it
  // paints no more than once. radius: in pixels of the picture. Gives the cells that it may have
  // changed, { left, top, right, bottom }; none of them beside the picture.
  draw(stroke, [x0, y0], [x1, y1], radius) {
    const { width: columns, height: rows, cover, worth } = this;
    const [wide, high] = [columns / this.picture.width, rows / this.picture.height];
    const reach = Math.max(1, radius * wide);
    const [ax, ay, bx, by] = [x0 * wide - 0.5, y0 * high - 0.5, x1 * wide - 0.5, y1 * high - 0.5];
    const [dx, dy] = [bx - ax, by - ay];
    const squared = dx * dx + dy * dy;
    const cells = {
      left: Math.max(0, Math.ceil(Math.min(ax, bx) - reach)),
      right: Math.min(columns - 1, Math.floor(Math.max(ax, bx) + reach)),
      top: Math.max(0, Math.ceil(Math.min(ay, by) - reach)),
      bottom: Math.min(rows - 1, Math.floor(Math.max(ay, by) + reach)),
    };
    for (let y = cells.top; y <= cells.bottom; y++) {
      for (let x = cells.left; x <= cells.right; x++) {
        const along = squared ? clamp(((x - ax) * dx + (y - ay) * dy) / squared, 0, 1) : 0;
        const away = Math.hypot(x - ax - along * dx, y - ay - along * dy) / reach;
        const rest = clamp((1 - away) / (1 - SOFT), 0, 1);
        const full = rest * rest * (3 - 2 * rest);
        const i = y * columns + x;
        if (full <= stroke.done[i]) continue;
        stroke.done[i] = full;
        const added = stroke.value === NONE ? 0 : full;
        cover[i] = (1 - full) * stroke.before.cover[i] + added;
        worth[i] = (1 - full) * stroke.before.worth[i] + added * stroke.value;
      }
    }
    this.most = 1;
    return cells;
  }

  // Where the pixels of a box of the screen lie among the cells. Bilinear between the cells'
  // centres, as imresize does it (image/resize.py): outside them the last cell counts.
  placesIn(box, spot, density) {
    const along = (first, count, edge, length, total) =>
      Float32Array.from({ length: total }, (_, i) =>
        clamp(((first + i + 0.5) / density - edge) * count / length - 0.5, 0, count - 1));
    const columns = along(box.x, this.width, spot.left, spot.width, box.width);
    const rows = along(box.y, this.height, spot.top, spot.height, box.height);
    return {
      rows, low: Uint16Array.from(columns, Math.floor), part: columns.map((at) => at % 1),
      line: new Float32Array(this.width + 1), shares: new Uint16Array(box.width),
    };
  }

  // The shares of some pixels in a row of the box, in 1/256; null if the slider has them all.
  stretched(cells, places, y, from, to) {
    const { rows, low, part, line, shares } = places;
    const { width, height, cover } = this;
    const above = Math.floor(rows[y]) * width;
    const below = Math.min(above + width, (height - 1) * width);
    const down = rows[y] % 1;
    const last = Math.min(low[to - 1] + 1, width - 1);
    let covered = 0;
    for (let i = low[from]; i <= last; i++) {
      line[i] = ((1 - down) * cells[above + i] + down * cells[below + i]) * (256 / 255);
      covered += cover[above + i] + cover[below + i];
    }
    if (!covered) return null;
    line[width] = line[width - 1];
    for (let x = from; x < to; x++) {
      const at = line[low[x]];
      shares[x] = at + part[x] * (line[low[x] + 1] - at) + 0.5;
    }
    return shares;
  }

  // Rows of the overlay that shows where was painted, as RGBA bytes.
  colours(from = 0, to = this.height) {
    const { width, cover, worth } = this;
    const bytes = new Uint8ClampedArray(4 * width * (to - from));
    const [cold, warm] = COLOURS;
    for (let i = from * width, at = 0; i < to * width; i++, at += 4) {
      if (!cover[i]) continue;
      const t = worth[i] / cover[i];
      for (let c = 0; c < 3; c++) bytes[at + c] = cold[c] + t * (warm[c] - cold[c]);
      bytes[at + 3] = 120 * cover[i];
    }
    return bytes;
  }
}
