// Where a picture lies in its frame. Everything is laid out in pixels of the result; the view is a
// zoom and the result's point in the middle of the frame.

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// Pixels of the page for each pixel of the picture.
export function scaleOf(zoom, picture, room, density) {
  const fit = Math.min(room.width / picture.width, room.height / picture.height);
  return zoom === 'fit' ? fit : zoom / density;
}

// The picture's place in the frame: { left, top, width, height, scale, pans }.
export function placeOf(view, picture, room, density) {
  const scale = scaleOf(view.zoom, picture, room, density);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const along = (length, space, at) =>
    length <= space ? (space - length) / 2 : clamp(space / 2 - at * scale, space - length, 0);
  // On whole pixels of the screen, so that 100 % shows the picture's own.
  const whole = (at) => Math.round(at * density) / density;
  return {
    left: whole(along(width, room.width, view.x)),
    top: whole(along(height, room.height, view.y)),
    width, height, scale,
    pans: width > room.width + 1 || height > room.height + 1,
  };
}

export const DEEPEST = 8; // pixels of the screen for one of the picture

// The view that is `by` times nearer, with the picture's point under `at` (of the frame) staying there.
// Further than the whole picture is 'fit'.
export function nearer(view, by, at, picture, room, density) {
  const fit = scaleOf('fit', picture, room, density) * density;
  const now = view.zoom === 'fit' ? fit : view.zoom;
  const zoom = clamp(now * by, Math.min(fit, now), Math.max(DEEPEST, fit));
  if (zoom <= fit * 1.001) return { ...view, zoom: 'fit', x: picture.width / 2, y: picture.height / 2 };
  const spot = placeOf(view, picture, room, density);
  const scale = zoom / density;
  const along = (point, edge, space, length) => {
    const middle = (point - edge) / spot.scale + (space / 2 - point) / scale;
    const half = Math.min(space / 2 / scale, length / 2);
    return clamp(middle, half, length - half);
  };
  return {
    ...view, zoom,
    x: along(at.x, spot.left, room.width, picture.width),
    y: along(at.y, spot.top, room.height, picture.height),
  };
}

// The view of another picture at the same place, each by its own size: what one fills of its frame,
// the other fills of its own.
export function likewise(view, picture, other, room, density) {
  const [mine, its] = [picture, other].map((one) => scaleOf('fit', one, room, density));
  return {
    zoom: view.zoom === 'fit' ? 'fit' : view.zoom * its / mine,
    x: view.x * other.width / picture.width, y: view.y * other.height / picture.height,
  };
}

// What of a picture's place lies in the frame, as an inset of it.
export function windowOf(spot, room) {
  const over = (edge) => Math.max(0, edge);
  return [over(-spot.top), over(spot.left + spot.width - room.width),
    over(spot.top + spot.height - room.height), over(-spot.left)];
}

// Columns and rows of the tiles that are in view: { left, top, right, bottom }, the last included.
export function tilesInView(spot, picture, room) {
  const side = picture.tile * spot.width / picture.width;
  const first = (edge) => Math.max(0, Math.floor(-edge / side));
  const last = (edge, space, length) =>
    Math.min(Math.ceil(length / picture.tile) - 1, Math.floor((space - edge) / side));
  return {
    left: first(spot.left), right: last(spot.left, room.width, picture.width),
    top: first(spot.top), bottom: last(spot.top, room.height, picture.height),
  };
}

// The divider's place is a share of what is seen of the picture, so that it never leaves it.
// Gives its x in the frame, and the percent of the picture that lies left of it.
export function dividerAt(split, spot, room) {
  const from = Math.max(0, spot.left);
  const to = Math.min(room.width, spot.left + spot.width);
  const at = from + split * (to - from);
  return { at, from, to, percent: clamp((at - spot.left) / spot.width, 0, 1) * 100 };
}
