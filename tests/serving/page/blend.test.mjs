import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Blend, restAfter } from '../../../sr_app/serving/page/blend.js';

// A blend of which only the slider is there: what a frame does is counted.
function moving({ taken, painted }) {
  const log = [];
  const layer = { node: { style: { setProperty: (name, value) => log.push([name, value]) } } };
  const viewer = { shown: { token: 'a', blend: {} }, after: [layer, layer],
    element: { classList: { remove: (name) => log.push(['remove', name]) } } };
  const blend = Object.create(Blend.prototype);
  Object.assign(blend, { viewer, taken, still: {}, frameAsked: 0, movedAt: 0, resting: 0,
    places: new Map(), slider: { valueAsNumber: 30 }, regions: { painted },
    describe() {}, paint: () => log.push(['paint']), settle: () => log.push(['settle']) });
  return { blend, log, style: layer.node.style };
}

function withFrames(work) {
  const frames = [];
  globalThis.requestAnimationFrame = (frame) => frames.push(frame);
  work((now) => frames.splice(0).forEach((frame) => frame(now)));
  delete globalThis.requestAnimationFrame;
}

test('what takes long is left to the browser while the slider moves, painted or not', () => {
  for (const painted of [false, true]) {
    withFrames((draw) => {
      const { blend, log, style } = moving({ taken: 9, painted });
      blend.slide();
      draw(1000);
      clearTimeout(blend.resting);
      assert.deepEqual(log, [['--share', 0.3], ['remove', 'still']]);
      assert.equal(style.opacity, painted ? 1 : 0.3);
    });
  }
});

test('what takes little is blended exactly, once a frame', () => {
  withFrames((draw) => {
    const { blend, log } = moving({ taken: 2, painted: true });
    blend.slide();
    blend.slide();
    draw(1000);
    assert.deepEqual(log, [['--share', 0.3], ['paint']]);
  });
});

test('a slow browser has more time before the view counts as resting', () => {
  assert.equal(restAfter(16), 120);
  assert.equal(restAfter(230), 460);
  assert.equal(restAfter(500), 600);
  assert.equal(restAfter(60000), 120);
});
