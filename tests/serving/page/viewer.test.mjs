import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { open, wait } from './document.mjs';
import { speak } from './english.mjs';
import { at, makeViewer, photo, result } from './pictures.mjs';

speak('en');

let page, viewer, asked;
beforeEach(({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  page = open();
  asked = [];
  viewer = makeViewer(page, async (request) => { asked.push(request); return '/tile.png'; });
});

const press = (selector) => page.find(selector).click();
const clips = () => viewer.layers.map(({ node }) => node.style.clipPath);
const chips = () => viewer.chips.map(({ textContent }) => textContent);
const place = ({ node }) => [node.style.width, node.style.height, node.style.transform];

test('a photo is there whole; a result is parted by the divider', () => {
  viewer.show(photo('a.jpg', 400, 200));
  assert.deepEqual([viewer.element.dataset.state, clips()], ['photo', ['none']]);
  viewer.show(result('a1', 400, 200));
  assert.deepEqual([viewer.element.dataset.state, clips()], ['result', ['inset(0 50% 0 0)', 'inset(0 0 0 50%)']]);
  assert.deepEqual(chips(), ['Before', 'After']);
  viewer.show(null);
  assert.deepEqual([viewer.element.dataset.state, viewer.frame.tabIndex], ['empty', -1]);
});

test('the divider goes by keys and by the pointer, and says where it is', () => {
  viewer.show(result('a1', 400, 200));
  const { divider } = viewer;
  divider.fire('keydown', { key: 'ArrowRight' });
  assert.equal(divider.getAttribute('aria-valuenow'), '52');
  divider.fire('keydown', { key: 'Home' });
  assert.equal(divider.getAttribute('aria-valuetext'), '0 % before, 100 % after');
  viewer.frame.fire('pointerdown', at(150, 50));
  assert.equal(divider.getAttribute('aria-valuenow'), '75');
  viewer.frame.fire('pointermove', at(20, 50));
  viewer.frame.fire('pointermove', { ...at(90, 50), pointerId: 2 });
  assert.equal(divider.getAttribute('aria-valuenow'), '10', 'another finger does not move it');
  viewer.frame.fire('pointerup');
  viewer.frame.fire('pointermove', at(190, 50));
  assert.equal(divider.getAttribute('aria-valuenow'), '10');
});

test('wheel and keys zoom; where it goes no further, the page scrolls', () => {
  viewer.show(photo('a.jpg', 400, 200)); // 50 % fits
  assert.equal(page.find('.zoomed').textContent, '50 %');
  assert.equal(viewer.frame.fire('wheel', { deltaY: 100, ...at(0, 0) }).prevented, false);
  assert.equal(viewer.frame.fire('wheel', { deltaY: -100, ...at(200, 100) }).prevented, true);
  const [x, y] = viewer.pointOf(at(200, 100));
  assert.ok(Math.hypot(x - 400, y - 200) < 2, 'the corner stays, but for whole pixels of the screen');
  viewer.frame.fire('keydown', { key: '1' });
  assert.equal(page.find('.zoomed').textContent, '100 %');
  assert.equal(page.find('[data-zoom=1]').getAttribute('aria-pressed'), 'true');
  viewer.frame.fire('keydown', { key: '0' });
  assert.equal(page.find('.zoomed').textContent, '50 %');
  for (const own of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }]) {
    assert.equal(viewer.frame.fire('keydown', { key: '+', ...own }).prevented, false, "the browser's own");
  }
  const zoomOf = (wheel) => {
    viewer.zoomTo(1);
    viewer.frame.fire('wheel', { ...wheel, ...at(100, 50) });
    return viewer.view.zoom.toFixed(3);
  };
  assert.equal(zoomOf({ deltaY: -3, deltaMode: 1 }), zoomOf({ deltaY: -48 }), 'in lines as in pixels');
  assert.equal(zoomOf({ deltaY: -10, ctrlKey: true }), Math.exp(0.1).toFixed(3), 'a pinch follows the fingers');
  assert.equal(zoomOf({ deltaY: -50, shiftKey: true }), '1.000', 'Shift scrolls to the side');
});

test('a double press looks nearer at its point, and at the whole once more', () => {
  viewer.show(photo('a.jpg', 400, 200));
  viewer.frame.fire('dblclick', at(80, 60));
  assert.deepEqual([viewer.view.zoom, viewer.middle()], [1, [160, 120]]);
  viewer.frame.fire('dblclick', at(80, 60));
  assert.equal(viewer.view.zoom, 'fit');
  viewer.element.classList.add('brushes');
  viewer.frame.fire('dblclick', at(80, 60));
  assert.equal(viewer.view.zoom, 'fit', 'two dabs of the brush');
});

test('on a dense screen a pixel of the picture is one of the screen', () => {
  globalThis.devicePixelRatio = 2;
  viewer.show(result('a1', 400, 200));
  viewer.openAt([0.4, 0.6]);
  assert.equal(viewer.view.zoom, 'fit', 'all of it is seen');
  assert.equal(page.find('.zoomed').textContent, '100 %');
  press('[data-zoom=2]');
  assert.deepEqual([viewer.spot.width, viewer.spot.scale], [400, 1]);
});

test('a label goes where the divider leaves no room for it', () => {
  viewer.show(result('a1', 400, 200));
  const seen = (split) => { viewer.setSplit(split); return viewer.chips.map(({ style }) => style.opacity); };
  assert.deepEqual([seen(0.5), seen(0.1), seen(0.9)], [[1, 1], [0, 1], [1, 0]]);
});

test('other buttons of the mouse, and parts that lie over the picture, do not move the divider', () => {
  viewer.show(result('a1', 400, 200));
  viewer.frame.fire('pointerdown', { ...at(20, 50), button: 2 });
  page.find('.region').fire('pointerdown', at(20, 50));
  viewer.onPress = () => true;
  viewer.frame.fire('pointerdown', at(20, 50));
  assert.equal(viewer.view.split, 0.5);
});

test('side by side, a point of either half is the same point of the picture', () => {
  viewer.show(result('a1', 400, 200));
  press('[data-act=beside]');
  assert.deepEqual([viewer.pointOf(at(25, 50)), viewer.pointOf(at(125, 50))], [[100, 100], [100, 100]]);
  viewer.frame.fire('pointerdown', at(20, 50));
  assert.equal(viewer.view.split, 0.5, 'there is no divider');
});

test('a result out of sight is brought into the window', () => {
  viewer.show(result('a1', 400, 200));
  viewer.reveal();
  assert.equal(viewer.element.scrolled, 0);
  globalThis.innerHeight = 90;
  viewer.reveal();
  assert.equal(viewer.element.scrolled, 1);
});

test('what is larger than the frame is moved, by the pointer and by arrow keys', () => {
  viewer.show(photo('a.jpg', 400, 200));
  press('[data-zoom=1]');
  assert.deepEqual(viewer.middle(), [200, 100]);
  viewer.frame.fire('pointerdown', at(100, 50));
  viewer.frame.fire('pointermove', at(70, 60));
  assert.deepEqual(viewer.middle(), [230, 90]);
  viewer.frame.fire('keydown', { key: 'ArrowLeft' });
  assert.deepEqual(viewer.middle(), [170, 90]);
});

test('where the overview is too coarse, the tiles in view are asked for, once, when the view rests', async ({ mock }) => {
  viewer.show(result('a1', 400, 200, { exact: false }));
  for (const { image } of viewer.layers) image.box = { ...image.box, width: 200 };
  press('[data-zoom=1]');
  viewer.zoomTo(1, 400, 200);
  assert.deepEqual(asked, []);
  mock.timers.tick(200);
  // The lower right quarter: of the photo before, which has half the pixels, one tile.
  assert.deepEqual(asked, [['a1', 0, 1, 0], ['a1', 1, 2, 1], ['a1', 1, 3, 1]]);
  await wait();
  viewer.place();
  mock.timers.tick(200);
  assert.equal(asked.length, 3);
  const { left, top, width, height } = viewer.layers[1].node.lastChild.style;
  assert.deepEqual([left, top, width, height], ['75%', '50%', '25%', '50%']);
  viewer.tile = async () => { throw new Error('busy'); };
  viewer.layers[0].tiles.clear();
  viewer.place();
  mock.timers.tick(200);
  await wait();
  assert.equal(viewer.layers[0].tiles.size, 0, 'one that did not come is asked for again');
});

test('two results of one photo lie under the divider, the other one as its slider stands', () => {
  const [one, two] = [result('a1', 200, 100, { ends: 2 }), result('a2', 400, 200, { made: '4×' })];
  viewer.show(two, { shown: one, place: 30 });
  assert.deepEqual(viewer.layers.map(({ data, before }) => [data.url, before]), [['/a1_0', true], ['/a1_1', true], ['/a2_0', false]]);
  assert.equal(viewer.layers[1].node.style.opacity, 0.3);
  assert.deepEqual(viewer.layers.map(({ token, index }) => [token, index]), [['a1', 1], ['a1', 2], ['a2', 1]]);
  assert.deepEqual(chips(), ['a.jpg, 2×', 'a.jpg, 4×']);
  assert.equal(viewer.beside, false);
});

test('two results of two photos stand side by side at the same place, each in its own size', () => {
  const [one, two] = [result('b1', 100, 100), result('a1', 400, 200)];
  viewer.show(two, { shown: one, place: 0 });
  assert.equal(viewer.beside, true);
  assert.equal(page.find('[data-act=beside]').disabled, true);
  const [left, right] = viewer.layers;
  // Halves of 100 x 100, the frame's left one 100 to the left of the scene. Both fit.
  assert.deepEqual(place(right), ['100px', '50px', 'translate(0px, 0px)']);
  assert.deepEqual(place(left), ['100px', '100px', 'translate(-100px, -25px)']);
  viewer.zoomTo(1, 300, 150); // four times as near
  assert.deepEqual(place(right).slice(0, 2), ['400px', '200px']);
  assert.deepEqual(place(left).slice(0, 2), ['400px', '400px']);
  const middle = ({ left: edge, width }) => (50 - edge) / width;
  assert.deepEqual([viewer.spot, viewer.otherSpot].map(middle), [0.75, 0.75]);
});

test('the divider comes back after two photos, and side by side stays where it was wished for', () => {
  const [one, two] = [result('b1', 100, 100), result('a1', 400, 200)];
  viewer.show(two, { shown: one, place: 0 });
  viewer.show(two);
  assert.deepEqual([viewer.beside, page.find('[data-act=beside]').disabled], [false, false]);
  assert.deepEqual(clips(), ['inset(0 50% 0 0)', 'inset(0 0 0 50%)']);
  assert.deepEqual(place(viewer.layers[0]), ['', '', '']);
  press('[data-act=beside]');
  viewer.show(two, { shown: one, place: 0 });
  viewer.show(two);
  assert.equal(viewer.beside, true);
});

test('a new result opens where it differs most, unless all of it is seen', () => {
  viewer.show(result('a1', 400, 200));
  viewer.openAt([0.4, 0.6]);
  assert.deepEqual(viewer.middle(), [160, 120]);
  viewer.show(result('b1', 100, 50));
  viewer.openAt([0.25, 0.75]);
  assert.equal(viewer.view.zoom, 'fit');
});

test('another result of the same size keeps the place that is looked at', () => {
  viewer.show(result('a1', 400, 200));
  viewer.zoomTo(2, 100, 60);
  viewer.setSplit(0.3);
  viewer.show(result('a2', 400, 200));
  assert.deepEqual([viewer.view.zoom, viewer.middle(), viewer.view.split], [2, [100, 60], 0.3]);
  viewer.show(result('b1', 300, 200));
  assert.deepEqual([viewer.view.zoom, viewer.view.split], ['fit', 0.5]);
});
