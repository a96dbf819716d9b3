import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Blend } from '../../../sr_app/serving/page/blend.js';
import { Brush } from '../../../sr_app/serving/page/brush.js';
import { open } from './document.mjs';
import { speak } from './english.mjs';
import { at as point, makeViewer, result } from './pictures.mjs';

speak('en');

let page, viewer, blend, brush, mock;
beforeEach((context) => {
  ({ mock } = context);
  mock.timers.enable({ apis: ['setTimeout'] });
  page = open();
  viewer = makeViewer(page);
  blend = new Blend(page.element, viewer, 100); // cells of 4 pixels of the result, 2 of the screen
  brush = new Brush(page.element, viewer, blend);
  viewer.onPress = (event) => brush.start(event);
  show(result('a1', 400, 200, { ends: 2 }));
  press('brush');
});

function show(shown) {
  viewer.show(shown);
  blend.show();
  brush.show();
}
const press = (name) => page.find(`[data-act=${name}]`).click();
const kind = (name) => page.find(`[data-kind=${name}]`).click();
const pointer = (name, x, y, more) => viewer.frame.fire(`pointer${name}`, { ...point(x, y), ...more });
const dab = (x, y) => { pointer('down', x, y); pointer('up', x, y); };
// What the file would have at a point of the frame, 0 to 255: the slider stands at 128.
function at(x, y) {
  const { place } = blend;
  if (typeof place === 'number') return 'slider';
  const [rows, columns, text] = place;
  assert.deepEqual([rows, columns], [50, 100]);
  return atob(text).charCodeAt(Math.floor(y / 2) * columns + Math.floor(x / 2));
}

test('a stroke paints under the pointer, as wide as the circle, and the slider keeps the rest', () => {
  assert.equal(at(0, 0), 'slider');
  page.find('.brush input').value = 40;
  pointer('down', 60, 50);
  pointer('move', 140, 50);
  pointer('up', 140, 50);
  assert.deepEqual([at(60, 50), at(100, 50), at(140, 50)], [0, 0, 0]);
  assert.deepEqual([at(100, 74), at(100, 26), at(30, 50), at(170, 50)], [128, 128, 128, 128]);
  kind('vivid');
  dab(100, 50);
  assert.equal(at(100, 50), 255);
});

test('as now keeps what the slider had; the eraser gives a region back to it', () => {
  kind('now');
  dab(100, 50);
  blend.slider.value = 0;
  blend.slider.fire('input');
  assert.deepEqual([at(100, 50), at(10, 10)], [128, 0]);
  kind('erase');
  dab(100, 50);
  assert.equal(at(100, 50), 0);
});

test('strokes are taken back one by one, and all at once', () => {
  dab(50, 50);
  dab(150, 50);
  press('undo');
  assert.deepEqual([at(50, 50), at(150, 50)], [0, 128]);
  press('clear');
  assert.equal(at(50, 50), 'slider');
  press('undo');
  assert.equal(at(50, 50), 0, 'clearing can be taken back, too');
  press('undo');
  assert.deepEqual([at(50, 50), page.find('[data-act=undo]').disabled], ['slider', true]);
});

test('a second finger takes the stroke back: it means to move the picture', () => {
  viewer.zoomTo(1);
  pointer('down', 100, 50);
  assert.equal(pointer('down', 150, 50, { pointerId: 2 }).prevented, false);
  assert.equal(at(100, 50), 'slider');
  pointer('move', 20, 50);
  assert.equal(at(20, 50), 'slider', 'and the first one paints no more');
});

test('the keyboard moves the circle, paints, takes back and changes its size', () => {
  const key = (name, more) => brush.tip.fire('keydown', { key: name, ...more });
  for (let step = 0; step < 3; step++) key('ArrowLeft');
  const [x, y] = brush.tipAt;
  assert.deepEqual([x < 60, y], [true, 50]);
  assert.equal(key(' ').prevented, true);
  assert.deepEqual([at(x, y), at(190, 50)], [0, 128]);
  key('z', { ctrlKey: true });
  assert.equal(at(x, y), 'slider');
  key(']');
  assert.deepEqual([brush.sizer.valueAsNumber, brush.tip.style.width], [64, '64px']);
  assert.equal(key('Tab').prevented, false);
  for (let step = 0; step < 30; step++) key('ArrowLeft');
  assert.equal(brush.tipAt[0], 0, 'it never leaves the picture');
});

test('with the brush the whole picture is the blend; the divider comes back to its place', () => {
  assert.equal(viewer.view.split, 0);
  press('brush');
  assert.equal(viewer.view.split, 0.5);
  dab(100, 50);
  assert.equal(at(100, 50), 'slider', 'without it nothing is painted');
});

test('what was painted is told, and is not of another result', () => {
  dab(100, 50);
  assert.match(page.find('.blend output').textContent, /50 % vivid, but for the \d+ % that you painted/);
  show(result('b1', 400, 200, { ends: 2 }));
  assert.equal(at(100, 50), 'slider');
  press('brush');
  assert.equal(page.find('[data-act=undo]').disabled, true);
});

test('only what a stroke may have changed is blended anew, once a frame', () => {
  for (const { image } of viewer.layers) image.box = { ...image.box, width: 400 };
  mock.timers.tick(200);
  assert.ok(viewer.element.classList.contains('still'));
  const parts = [];
  blend.paint = (part) => parts.push(part);
  page.find('.brush input').value = 20;
  pointer('down', 50, 50);
  pointer('move', 60, 50);
  assert.deepEqual(parts, []);
  page.draw();
  // Cells of 2 pixels of the screen: 40 to 70 across and 40 to 60 down, and one more on each side.
  const [{ x, y, width, height }] = parts;
  assert.deepEqual([parts.length, x <= 40 && x >= 36, x + width >= 70 && x + width <= 76], [1, true, true]);
  assert.deepEqual([y <= 40 && y >= 36, y + height >= 60 && y + height <= 66], [true, true]);
  pointer('up', 60, 50);
  parts.length = 0;
  dab(400, 50);
  page.draw();
  assert.deepEqual(parts, [undefined], 'beside the picture only the whole, at the end of the stroke');
});

test('the circle is where the pointer is, and the chosen kind is down', () => {
  pointer('move', 70, 30);
  assert.equal(brush.tip.style.transform, 'translate(42px, 2px)');
  kind('erase');
  assert.deepEqual(['faithful', 'erase'].map((one) => page.find(`[data-kind=${one}]`).getAttribute('aria-pressed')), ['false', 'true']);
  press('tint');
  assert.ok(viewer.element.classList.contains('tinted'));
  press('tint');
  assert.ok(!viewer.element.classList.contains('tinted'));
  brush.tip.fire('keydown', { key: 'ArrowDown' });
  assert.ok(brush.tipAt[1] > 30);
  press('brush');
  pointer('move', 10, 10);
  assert.ok(brush.tipAt[0] > 20, 'without the brush it stays');
});
