// As much of a browser's document as the page's scripts use: elements made from HTML, selectors,
// events and sizes that a test sets. Nothing is drawn.
import { readFileSync } from 'node:fs';
import { fill } from '../../../sr_app/serving/page/words.js';

const VOID = new Set(['input', 'img', 'path', 'rect', 'circle']);
const FLAGS = ['hidden', 'disabled', 'checked', 'open'];
const WORDS = ['id', 'title', 'type', 'src', 'alt', 'href', 'download', 'name', 'accept'];
const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

// One step of a selector: a tag, #id, .class, [attribute] and [attribute=value] together.
function fits(node, step) {
  const parts = step.match(/[#.]?[\w-]+|\[[^\]]+\]/g);
  return parts.every((part) => {
    if (part[0] === '#') return node.id === part.slice(1);
    if (part[0] === '.') return node.classList.contains(part.slice(1));
    if (part[0] !== '[') return node.tag === part;
    const [name, value] = part.slice(1, -1).replaceAll(/["']/g, '').split('=');
    return node.attributes.has(name) && (value === undefined || node.getAttribute(name) === value);
  });
}

export class Element {
  constructor(tag) {
    Object.assign(this, { tag, nodes: [], parentNode: null, heard: [], attributes: new Map(), files: [] });
    Object.assign(this, { text: null, tabIndex: 0, scrolled: 0, box: { left: 0, top: 0, width: 0, height: 0 } });
    this.style = { setProperty(name, value) { this[name] = value; } };
    const { attributes } = this;
    this.dataset = new Proxy({}, {
      get: (_, name) => attributes.get(`data-${dashed(name)}`),
      set: (_, name, value) => attributes.set(`data-${dashed(name)}`, String(value)),
    });
    const classes = () => new Set((attributes.get('class') ?? '').split(' ').filter(Boolean));
    this.classList = {
      contains: (name) => classes().has(name),
      add: (name) => this.classList.toggle(name, true),
      remove: (name) => this.classList.toggle(name, false),
      toggle: (name, on = !classes().has(name)) => {
        const all = classes();
        all[on ? 'add' : 'delete'](name);
        attributes.set('class', [...all].join(' '));
        return on;
      },
    };
  }

  get className() { return this.attributes.get('class') ?? ''; }
  set className(value) { this.attributes.set('class', value); }
  get children() { return this.nodes.filter(({ tag }) => tag); }
  get firstChild() { return this.nodes[0] ?? null; }
  get lastChild() { return this.nodes.at(-1) ?? null; }
  get firstElementChild() { return this.children[0] ?? null; }
  get lastElementChild() { return this.children.at(-1) ?? null; }
  get isConnected() { return this === document.body || Boolean(this.parentNode?.isConnected); }
  get textContent() { return this.text ?? this.nodes.map((node) => node.textContent).join(''); }
  set textContent(text) { this.replaceChildren(String(text)); }
  get innerHTML() { return this.nodes.map((node) => node.outerHTML).join(''); }
  set innerHTML(html) { this.replaceChildren(...parse(html)); }
  get outerHTML() {
    if (this.text !== null) return this.text;
    const said = [...this.attributes].map(([name, value]) => ` ${name}="${value}"`).join('');
    return `<${this.tag}${said}>${VOID.has(this.tag) ? '' : `${this.innerHTML}</${this.tag}>`}`;
  }
  get options() { return this.children; }
  get value() { return this.own ?? this.attributes.get('value') ?? this.options[0]?.value ?? ''; }
  set value(value) { this.own = String(value); }
  get valueAsNumber() { return Number(this.value); }
  get clientWidth() { return this.box.width; }
  get clientHeight() { return this.box.height; }
  get offsetLeft() { return this.box.left - (this.parentNode?.box.left ?? 0); }
  get offsetTop() { return this.box.top - (this.parentNode?.box.top ?? 0); }
  get naturalWidth() { return this.box.width; }
  get complete() { return true; }

  add(option) { this.append(option); }
  getAttribute(name) { return this.attributes.get(name) ?? null; }
  setAttribute(name, value) { this.attributes.set(name, String(value)); }
  removeAttribute(name) { this.attributes.delete(name); }
  contains(node) { return node === this || Boolean(node?.parentNode && this.contains(node.parentNode)); }
  remove() { this.parentNode?.nodes.splice(this.parentNode.nodes.indexOf(this), 1); this.parentNode = null; }
  replaceChildren(...added) { while (this.nodes.length) this.nodes[0].remove(); this.append(...added); }
  append(...added) { this.place(this.nodes.length, added); }
  prepend(...added) { this.place(0, added); }
  place(at, added) {
    const nodes = added.map((one) => (one instanceof Element ? one : Object.assign(new Element(''), { text: one })));
    for (const node of nodes) Object.assign(node, { parentNode: this });
    this.nodes.splice(at, 0, ...nodes);
  }

  matches(selector) {
    return selector.split(',').some((one) => {
      const steps = one.trim().split(/\s+/);
      if (!fits(this, steps.pop())) return false;
      for (let node = this.parentNode; node && steps.length; node = node.parentNode) {
        if (fits(node, steps.at(-1))) steps.pop();
      }
      return !steps.length;
    });
  }
  closest(selector) { return this.matches(selector) ? this : this.parentNode?.closest(selector) ?? null; }
  querySelectorAll(selector) {
    return this.children.flatMap((one) => [...(one.matches(selector) ? [one] : []), ...one.querySelectorAll(selector)]);
  }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }

  addEventListener(name, act, { once = false } = {}) { this.heard.push({ name, act, once }); }
  removeEventListener(name, act) { this.heard = this.heard.filter((one) => one.name !== name || one.act !== act); }
  // An event that bubbles; gives it back, with whether the browser's own way was prevented.
  fire(name, more = {}) {
    const event = { type: name, target: this, pointerId: 1, button: 0, prevented: false, ...more };
    event.preventDefault = () => { event.prevented = true; };
    event.stopPropagation = () => { event.stopped = true; };
    for (let node = this; node && !event.stopped; node = node.parentNode) {
      event.currentTarget = node;
      for (const one of node.heard.filter((each) => each.name === name)) {
        if (one.once) node.removeEventListener(name, one.act);
        one.act(event);
      }
    }
    return event;
  }
  click() { if (!this.disabled) this.fire('click'); }
  focus() { document.activeElement = this; }
  scrollIntoView() { this.scrolled += 1; }
  setPointerCapture() {}
  getBoundingClientRect() {
    const { left, top, width, height } = this.box;
    return { left, top, width, height, right: left + width, bottom: top + height };
  }
  // A canvas that keeps what was put on it.
  getContext() {
    this.drawn ??= [];
    const blank = (x, y, width, height) => ({ data: new Uint8ClampedArray(4 * width * height) });
    return { drawImage: () => {}, setTransform: () => {}, getImageData: blank, putImageData: (image) => this.drawn.push(image) };
  }
  toDataURL() { return 'data:,'; }
  async decode() {}
}

for (const name of FLAGS) {
  Object.defineProperty(Element.prototype, name, {
    get() { return this.attributes.has(name); },
    set(on) { if (on) this.attributes.set(name, ''); else this.attributes.delete(name); },
  });
}
for (const name of WORDS) {
  Object.defineProperty(Element.prototype, name, {
    get() { return this.attributes.get(name) ?? ''; },
    set(text) { this.attributes.set(name, String(text)); },
  });
}

function parse(html) {
  const top = new Element('top');
  let open = top;
  for (const [, text, closed, tag, said] of html.matchAll(/([^<]+)|<(\/?)([\w]+)([^>]*)>/g)) {
    if (text) open.append(text);
    else if (closed) open = open.parentNode;
    else {
      const node = new Element(tag);
      for (const [, name, , value] of said.matchAll(/([\w-]+)(="([^"]*)")?/g)) node.setAttribute(name, value ?? '');
      open.append(node);
      if (!VOID.has(tag) && !said.endsWith('/')) open = node;
    }
  }
  return top.nodes;
}

export const HTML = readFileSync(new URL('../../../sr_app/serving/page/page.html', import.meta.url), 'utf-8');
export const wait = () => new Promise((resolve) => setImmediate(resolve));

// The page's HTML in a document of its own; `frames` are drawn by draw().
export function open(html = fill(HTML)) {
  const body = new Element('body');
  const frames = [];
  const media = () => ({ matches: false, addEventListener: () => {} });
  globalThis.document = { body, activeElement: body, documentElement: new Element('html'), createElement: (tag) => new Element(tag) };
  Object.assign(globalThis, {
    devicePixelRatio: 1, innerHeight: 800, matchMedia: media, requestAnimationFrame: (act) => frames.push(act),
    Image: class extends Element { constructor() { super('img'); } },
    Option: class extends Element { constructor(text, value) { super('option'); Object.assign(this, { textContent: text, value }); } },
    OffscreenCanvas: class extends Element { constructor(width, height) { super('canvas'); Object.assign(this, { width, height }); } },
    ImageData: class { constructor(data, width, height) { Object.assign(this, typeof data === 'number' ? { data: new Uint8ClampedArray(4 * data * width), width: data, height: width } : { data, width, height }); } },
    ResizeObserver: class { observe() {} },
  });
  body.innerHTML = html;
  const draw = () => { for (const act of frames.splice(0)) act(0); };
  return { element: body, find: (selector) => body.querySelector(selector), draw };
}

