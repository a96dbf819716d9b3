// The brush, for a mouse, a finger, a pen or the keyboard: it paints the regions of regions.js.
const toolbar = find('.brush');
const brushing = find('[data-act=brush]');
const tip = find('.tip');
const sizer = find('.brush input');
const back = find('[data-act=undo]');
const bare = find('[data-act=clear]');
const STEPS_BACK = 12;
let strokes = []; // the regions before each stroke
let kind = 'faithful';

const brushOn = () => blends() && brushing.getAttribute('aria-pressed') === 'true';

function freshBrush() {
  strokes = [];
  pressBrush(false);
  changed();
}

function remember() {
  const before = { cover: regions.cover.slice(), worth: regions.worth.slice() };
  strokes = [...strokes.slice(1 - STEPS_BACK), before];
  return before;
}

function beginStroke() {
  const before = remember();
  viewer.classList.add('painting');
  const value = { faithful: 0, now: share(), vivid: 1, erase: NONE }[kind];
  return { value, before, done: new Float32Array(regions.cover.length) };
}

function endStroke() {
  viewer.classList.remove('painting');
  changed();
}

// After a stroke, or several at once taken back.
function changed() {
  if (!blends()) return;
  measure();
  back.disabled = !strokes.length;
  bare.disabled = !painted();
  colour();
  describe();
  veil();
  dress();
  if (still) paint();
}

// With the brush the whole picture is the blend: the divider waits at its edge.
let parted = 0.5;
function pressBrush(on) {
  const was = brushing.getAttribute('aria-pressed') === 'true';
  brushing.setAttribute('aria-pressed', String(on));
  viewer.classList.toggle('brushes', on);
  if (on === was || !shown) return;
  if (on) parted = view.split;
  view.split = on ? 0 : parted;
  point(frame.clientWidth / 2, frame.clientHeight / 2);
  cut();
  describe();
}
brushing.addEventListener('click', () => pressBrush(!brushOn()));

// The circle that shows where the brush is, and how large.
let tipAt = [0, 0];
function point(x, y) {
  tipAt = [clamp(x, 0, frame.clientWidth), clamp(y, 0, frame.clientHeight)];
  const size = sizer.valueAsNumber;
  Object.assign(tip.style, {
    width: size + 'px', height: size + 'px',
    transform: `translate(${tipAt[0] - size / 2}px, ${tipAt[1] - size / 2}px)`,
  });
}
sizer.addEventListener('input', () => point(...tipAt));

// True if a press on the frame paints. A second finger moves the view instead.
let drawing = null;
function startStroke(event) {
  if (!brushOn() || event.target.closest('.divider')) return false;
  if (drawing) {
    drawing();
    takeBack();
    return !frame.classList.contains('pans');
  }
  const stroke = beginStroke();
  let last = pointOf(event);
  drag(stroke, last, last);
  const move = (next) => {
    if (next.pointerId !== event.pointerId) return;
    for (const each of next.getCoalescedEvents?.() || [next]) {
      const now = pointOf(each);
      drag(stroke, last, now);
      last = now;
    }
  };
  const stop = (next) => {
    if (next && next.pointerId !== event.pointerId) return;
    for (const name of ['pointerup', 'pointercancel']) frame.removeEventListener(name, stop);
    frame.removeEventListener('pointermove', move);
    drawing = null;
    endStroke();
  };
  drawing = stop;
  frame.setPointerCapture(event.pointerId);
  frame.addEventListener('pointermove', move);
  for (const name of ['pointerup', 'pointercancel']) frame.addEventListener(name, stop);
  tip.focus({ preventScroll: true });
  event.preventDefault();
  return true;
}
frame.addEventListener('pointermove', (event) => {
  if (!brushOn()) return;
  const box = frame.getBoundingClientRect();
  point(event.clientX - box.left, event.clientY - box.top);
});

function takeBack() {
  const before = strokes.pop();
  if (before) Object.assign(regions, before);
  changed();
}

function dab() {
  const box = frame.getBoundingClientRect();
  const at = pointOf({ clientX: box.left + tipAt[0], clientY: box.top + tipAt[1] });
  drag(beginStroke(), at, at);
  endStroke();
}

tip.addEventListener('keydown', (event) => {
  const step = event.shiftKey ? 2 : Math.max(4, sizer.valueAsNumber / 3);
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const resize = { '[': -8, ']': 8 }[event.key];
  if (event.key in moves) {
    const [x, y] = moves[event.key];
    point(tipAt[0] + x * step, tipAt[1] + y * step);
  } else if (event.key === ' ' || event.key === 'Enter') {
    dab();
  } else if (event.key === 'Backspace' || ((event.ctrlKey || event.metaKey) && event.key === 'z')) {
    takeBack();
  } else if (resize) {
    sizer.value = sizer.valueAsNumber + resize;
    point(...tipAt);
  } else {
    return;
  }
  event.preventDefault();
});

toolbar.querySelectorAll('[data-kind]').forEach((button, _, all) =>
  button.addEventListener('click', () => {
    kind = button.dataset.kind;
    all.forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
    describe();
  }));
back.addEventListener('click', takeBack);
bare.addEventListener('click', () => {
  remember();
  for (const name of ['cover', 'worth']) regions[name].fill(0);
  changed();
});
find('[data-act=tint]').addEventListener('click', ({ currentTarget }) => {
  const on = currentTarget.getAttribute('aria-pressed') !== 'true';
  currentTarget.setAttribute('aria-pressed', String(on));
  viewer.classList.toggle('tinted', on);
});
