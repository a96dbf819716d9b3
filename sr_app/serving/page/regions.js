// The slider's position by region. Two numbers for every cell of a map that is stretched over the
// result: how much of the cell was painted, and that times the position painted there. The slider
// moves the rest. Nothing is asked of the server; the download takes the map along.
const tint = find('canvas.tint');
const SOFT = 0.5; // part of the radius from which a stroke's edge falls off
const NONE = -1; // what the eraser paints
const COLOURS = [[64, 140, 255], [255, 176, 32]]; // of faithful and of vivid regions
let regions = null; // { width, height, cover, worth, most: of cover, part: of the picture }

const painted = () => Boolean(regions && regions.most > 0);

function freshRegions() {
  still = regions = null;
  if (blends()) {
    const cell = Math.max(1, Math.max(shown.width, shown.height) / props.map_side);
    const [width, height] = [shown.width, shown.height].map((side) =>
      Math.max(1, Math.round(side / cell)));
    const empty = () => new Float32Array(width * height);
    regions = { width, height, cover: empty(), worth: empty(), most: 0, part: 0 };
    Object.assign(tint, { width, height });
  }
  freshBrush();
}

// How much of the picture was painted, measured after every stroke.
function measure() {
  const { cover } = regions;
  regions.most = regions.part = 0;
  for (let i = 0; i < cover.length; i++) {
    if (cover[i] > regions.most) regions.most = cover[i];
    regions.part += cover[i] / cover.length;
  }
}

function portion() {
  return regions.part < 0.01 ? 'less than 1 %' : Math.round(100 * regions.part) + ' %';
}

// The map in steps of 1/255: the screen's and the file's are both stretched from these.
function mixed() {
  const { cover, worth } = regions;
  const cells = new Uint8Array(cover.length);
  const t = share();
  for (let i = 0; i < cells.length; i++) cells[i] = 255 * (t * (1 - cover[i]) + worth[i]) + 0.5;
  return cells;
}

// The map for the server, see serving/regions.py.
function packed() {
  const text = Array.from(mixed(), (value) => String.fromCharCode(value)).join('');
  return [regions.height, regions.width, btoa(text)];
}

// Where the pixels of a box of the screen lie among the cells. Bilinear between the cells' centres,
// as imresize does it (image/resize.py): outside them the last cell counts.
function placesIn(box, ratio) {
  const along = (first, count, edge, length, total) => Float32Array.from({ length: total }, (_, i) =>
    clamp(((first + i + 0.5) / ratio - edge) * count / length - 0.5, 0, count - 1));
  const columns = along(box.x, regions.width, spot.left, spot.width, box.width);
  const rows = along(box.y, regions.height, spot.top, spot.height, box.height);
  return {
    rows, low: Uint16Array.from(columns, Math.floor), part: columns.map((at) => at % 1),
    line: new Float32Array(regions.width + 1), shares: new Uint16Array(box.width),
  };
}

// The shares of some pixels in a row of the box, in 1/256; null if the slider has them all.
function stretched(cells, y, from, to) {
  const { rows, low, part, line, shares } = still.places;
  const { width, height, cover } = regions;
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

// A stroke from one point of the result to another, softly edged; where it crosses itself it paints
// no more than once. `stroke` is { value, done, before }.
function drag(stroke, [x0, y0], [x1, y1]) {
  const { width: columns, height: rows, cover, worth } = regions;
  const [wide, high] = [columns / shown.width, rows / shown.height];
  const radius = Math.max(1, sizer.valueAsNumber / 2 / spot.scale * wide);
  const [ax, ay, bx, by] = [x0 * wide - 0.5, y0 * high - 0.5, x1 * wide - 0.5, y1 * high - 0.5];
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const left = Math.max(0, Math.ceil(Math.min(ax, bx) - radius));
  const right = Math.min(columns - 1, Math.floor(Math.max(ax, bx) + radius));
  const top = Math.max(0, Math.ceil(Math.min(ay, by) - radius));
  const bottom = Math.min(rows - 1, Math.floor(Math.max(ay, by) + radius));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const along = squared ? clamp(((x - ax) * dx + (y - ay) * dy) / squared, 0, 1) : 0;
      const away = Math.sqrt((x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2) / radius;
      const rest = clamp((1 - away) / (1 - SOFT), 0, 1);
      const full = rest * rest * (3 - 2 * rest);
      const i = y * columns + x;
      if (full <= stroke.done[i]) continue;
      stroke.done[i] = full;
      const kept = 1 - full;
      cover[i] = kept * stroke.before.cover[i] + (stroke.value === NONE ? 0 : full);
      worth[i] = kept * stroke.before.worth[i] + (stroke.value === NONE ? 0 : full * stroke.value);
    }
  }
  regions.most = 1;
  freshen({ left, top, right, bottom });
}

// Draws the cells that changed since the last frame.
let stale = null;
function freshen(cells) {
  if (cells.left > cells.right || cells.top > cells.bottom) return; // beside the picture
  stale &&= {
    left: Math.min(stale.left, cells.left), top: Math.min(stale.top, cells.top),
    right: Math.max(stale.right, cells.right), bottom: Math.max(stale.bottom, cells.bottom),
  };
  if (stale) return;
  stale = cells;
  requestAnimationFrame(() => {
    const { left, top, right, bottom } = stale;
    stale = null;
    if (!regions) return;
    colour(top, bottom + 1);
    if (!still) return;
    const { box } = still;
    const dot = (at, edge, length, count, first, most) =>
      clamp(Math.round((edge + at * length / count) * devicePixelRatio) - first, 0, most);
    const across = (at) => dot(at, spot.left, spot.width, regions.width, box.x, box.width);
    const down = (at) => dot(at, spot.top, spot.height, regions.height, box.y, box.height);
    const part = { x: across(left - 1), y: down(top - 1) };
    part.width = across(right + 2) - part.x;
    part.height = down(bottom + 2) - part.y;
    if (part.width > 0 && part.height > 0) paint(part);
  });
}

// Rows of the overlay that shows where was painted.
function colour(from = 0, to = regions.height) {
  const { width, cover, worth } = regions;
  const image = new ImageData(width, to - from);
  const [cold, warm] = COLOURS;
  for (let i = from * width, at = 0; i < to * width; i++, at += 4) {
    if (!cover[i]) continue;
    const t = worth[i] / cover[i];
    for (let c = 0; c < 3; c++) image.data[at + c] = cold[c] + t * (warm[c] - cold[c]);
    image.data[at + 3] = 120 * cover[i];
  }
  tint.getContext('2d').putImageData(image, 0, from);
}

// While the view moves, the map is a mask of the vivid layer.
function dress() {
  const style = layers[2]?.node.style;
  if (!style) return;
  if (!painted()) {
    style.webkitMaskImage = '';
    return;
  }
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: regions.width, height: regions.height });
  const image = new ImageData(regions.width, regions.height);
  mixed().forEach((value, i) => { image.data[4 * i + 3] = value; });
  canvas.getContext('2d').putImageData(image, 0, 0);
  style.webkitMaskImage = `url(${canvas.toDataURL()})`;
}
