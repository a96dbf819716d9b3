// What can be seen to be wrong with the page, and all that it says; run by states.py in the browser.
const HEARD = [
  'aria-label', 'aria-valuetext', 'title', 'alt', 'placeholder', 'data-wait', 'data-drop', 'data-proposed',
];
const WORDS = 'button, label, select, summary, legend, output, p, h1, h2, h3, dt, dd';

function isSeen(node) {
  const { width, height } = node.getBoundingClientRect();
  const how = { visibilityProperty: true, opacityProperty: true };
  return width > 1 && height > 1 && node.checkVisibility(how);
}

function named(node) {
  const text = (node.textContent || node.getAttribute('aria-label') || '').trim().slice(0, 40);
  return `${node.tagName.toLowerCase()}#${node.id}.${node.className} ${text}`;
}

const scrolls = (node) => Boolean(node.closest('.strip ul, .frame'));

function isOver(one, other) {
  if (one.contains(other) || other.contains(one)) return false;
  if (one.closest('.toast') !== other.closest('.toast')) return false;
  const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
  return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
}

// What sticks out of the window, is cut off, or lies over something else.
function faults() {
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`the page is ${wide} wide`);
  const all = [...document.querySelectorAll('.page *')].filter((node) => isSeen(node) && !scrolls(node));
  for (const node of all) {
    const { left, right } = node.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1) found.push(`sticks out: ${named(node)}`);
    const { overflowX, textOverflow } = getComputedStyle(node);
    const cut = overflowX !== 'visible' && textOverflow !== 'ellipsis' && node.textContent.trim();
    if (cut && node.scrollWidth > node.clientWidth + 1) found.push(`is cut off: ${named(node)}`);
  }
  const boxes = all.filter((node) => node.matches(WORDS)
    && (node.textContent.trim() || node.matches('button, select')));
  boxes.forEach((one, index) => {
    for (const other of boxes.slice(index + 1)) {
      if (isOver(one, other)) found.push(`overlap: ${named(one)} | ${named(other)}`);
    }
  });
  return found;
}

// All that is seen or heard, also what is folded or hidden for now.
function texts() {
  const walker = document.createTreeWalker(document.querySelector('.page'), NodeFilter.SHOW_TEXT);
  const found = new Set([document.title]);
  while (walker.nextNode()) found.add(walker.currentNode.data.trim());
  for (const node of document.querySelectorAll('.page *')) {
    for (const name of HEARD) found.add(node.getAttribute(name)?.trim() ?? '');
  }
  found.delete('');
  return [...found];
}

globalThis.looks = { faults, texts };
