import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pinch, span } from '../../../sr_app/serving/page/pinch.js';

const touch = (clientX, clientY) => ({ clientX, clientY });

// A viewer that notes what it is asked.
function setting() {
  const heard = {};
  const asked = [];
  const viewer = {
    shown: {}, pinching: false,
    frame: { addEventListener: (name, act) => { heard[name] = act; } },
    middle: () => 'middle',
    zoomBy: (by, { clientX }) => asked.push(['zoom', by, clientX]),
    pan: (start, end) => asked.push(['pan', start.x - end.clientX, start.y - end.clientY]),
  };
  const pinch = new Pinch(viewer);
  const send = (type, ...touches) => {
    let prevented = false;
    heard[type]({ type, touches, preventDefault: () => { prevented = true; } });
    return prevented;
  };
  return { viewer, asked, send, pinch };
}

test('two touches have a distance and a middle', () => {
  assert.deepEqual(span([touch(0, 0), touch(30, 40)]), { length: 50, clientX: 15, clientY: 20 });
});

test('two fingers zoom around their middle and move the picture', () => {
  const { asked, send, viewer } = setting();
  assert.equal(send('touchstart', touch(0, 0), touch(100, 0)), true, 'the page does not scroll');
  assert.equal(viewer.pinching, true);
  send('touchmove', touch(0, 10), touch(200, 10));
  assert.deepEqual(asked, [['zoom', 2, 100], ['pan', -50, -10]]);
});

test('one finger is left to the others, and what comes after a pinch begins anew', () => {
  const { asked, send, viewer } = setting();
  assert.equal(send('touchstart', touch(0, 0)), false);
  send('touchstart', touch(0, 0), touch(100, 0));
  assert.equal(send('touchend', touch(0, 0)), false);
  assert.equal(viewer.pinching, false);
  send('touchstart', touch(0, 0), touch(400, 0));
  assert.deepEqual(asked, [], 'no jump');
});
