// Photos and results as the server describes them, and a viewer of a size of its own.
import { Viewer } from '../../../sr_app/serving/page/viewer.js';

const layer = (name, url, more = {}) => ({ name, url, exact: true, ...more });

export const photo = (name, width, height) => ({ name, width, height, layers: [layer('Photo', `/${name}`)] });

// more: of the description; two ends make it blend.
export function result(token, width, height, { ends = 1, exact = true, ...more } = {}) {
  const own = { width, height, tile: 100, exact };
  const after = [layer('Faithful', `/${token}_0`, own), layer('Vivid', `/${token}_1`, own)].slice(0, ends);
  return {
    token, width, height, source: token[0], name: `${token[0]}.jpg`, made: '2×', spot: [0.25, 0.75], profiled: false,
    errors: [1e-4, 1e-4, 1e-4], blend: ends > 1 ? { start: 50, invented: {}, turns: false } : null,
    layers: [layer('Before', `/${token}_b`, { ...own, width: width / 2, height: height / 2 }), ...after], ...more,
  };
}

// A point of the frame, which is 200 x 100 and lies somewhere in the window.
const [LEFT, TOP] = [30, 20];
export const at = (x, y) => ({ clientX: LEFT + x, clientY: TOP + y });

// Side by side, which a browser would lay out, the scene is the frame's right half.
export function makeViewer(page, tile = async () => null) {
  const viewer = new Viewer(page.element, tile);
  viewer.frame.box = { left: LEFT, top: TOP, width: 200, height: 100 };
  viewer.scene.box = {
    get left() { return LEFT + (viewer.beside ? 100 : 0); }, top: TOP,
    get width() { return viewer.beside ? 100 : 200; }, height: 100,
  };
  return viewer;
}
