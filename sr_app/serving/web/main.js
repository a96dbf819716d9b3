// The page of an exported folder: one network, its viewer, and no server behind it.
import { Blend } from '../page/blend.js';
import { Brush } from '../page/brush.js';
import { Invention } from '../page/invention.js';
import { Lens } from '../page/lens.js';
import { Pinch } from '../page/pinch.js';
import { Viewer } from '../page/viewer.js';
import { learn } from '../page/words.js';
import { bitmap } from './bitmap.js';
import { Counting } from './counting.js';
import { inventionOf } from './heat.js';
import { load } from './loading.js';
import { Panel } from './panel.js';
import { openPhoto } from './photo.js';
import { partOf, shrunk } from './pixels.js';
import { enlarge } from './pool.js';
import { fileName, packer, pngOf } from './saving.js';

const START = 50; // where the slider starts, as in serving/viewer.py
const TILE = 768; // side of the viewer's tiles
const OVERVIEW = 4e6; // pixels that are shown whole
const MOST = 80e6; // pixels of a result: two ends of it are held
const MAP = 512; // most cells along a side of what is painted

export class Page {
  constructor(element, network, panel) {
    Object.assign(this, { element, network, panel });
    this.viewer = new Viewer(element, (request) => this.tile(request));
    this.blend = new Blend(element, this.viewer, MAP);
    this.brush = new Brush(element, this.viewer, this.blend);
    this.lens = new Lens(element, this.viewer, this.blend);
    this.pinch = new Pinch(this.viewer);
    this.invention = new Invention(element, this.viewer, {
      ask: () => this.map(), tell: (text) => this.tell(text), gone: () => {},
    });
    this.photo = null; // { name, picture, url }
    this.results = null; // of the networks' ends
    this.work = null; // AbortController of what is being done
    this.hands = [];
    this.serial = 0; // of the photos that were chosen
    this.made = 0; // results
    this.urls = [];
    this.connect();
  }

  connect() {
    const { viewer, blend, brush, invention, panel, element } = this;
    viewer.onMove = () => {
      blend.stir();
      brush.place();
      invention.place();
      this.lens.refresh();
    };
    viewer.onCut = (at, shape) => {
      blend.cut(at);
      for (const { style } of [invention.heat, brush.tint]) style.clipPath = shape;
    };
    blend.slider.addEventListener('input', () => this.lens.refresh());
    viewer.onPress = (event) => brush.start(event);
    panel.on('#go', () => this.go());
    panel.on('#cancel', () => this.cancel('Cancelled.'));
    panel.on('#download', () => this.save());
    takeFiles(element, (file) => this.open(file));
  }

  // Everything that work needs is there.
  ready({ hands, provider }) {
    Object.assign(this, { hands });
    this.panel.loaded(provider, hands.length);
    this.offer();
  }

  offer() {
    this.panel.offer(this.photo, this.hands.length > 0, Boolean(this.work || this.results));
  }

  async open(file) {
    const turn = ++this.serial;
    this.cancel('');
    this.panel.refuse('');
    try {
      const most = Math.floor(MOST / this.network.scale ** 2);
      const picture = await openPhoto(file, most);
      if (turn !== this.serial) return;
      this.forget();
      this.photo = { name: file.name, picture, url: this.keep(file) };
      const { width, height } = picture;
      const before = { name: 'Photo', url: this.photo.url, exact: true };
      this.show({ name: file.name, width, height, layers: [before] });
    } catch (error) {
      if (turn === this.serial) this.panel.refuse(error.message);
    }
    this.offer();
  }

  async go() {
    if (!this.photo || !this.hands.length || this.work) return;
    const work = this.work = new AbortController();
    const [counting, start] = [new Counting(), performance.now()];
    this.panel.begin();
    this.offer();
    try {
      const progress = (done, all, parts) => {
        if (parts.length > 1) counting.add(...parts);
        this.panel.progress(done, all, (performance.now() - start) / 1000);
      };
      const { picture } = this.photo;
      const options = { progress, signal: work.signal };
      const results = await enlarge(picture, this.network, this.hands, options);
      const seconds = (performance.now() - start) / 1000;
      await this.finish(results, counting.shares(), seconds, work.signal);
    } catch (error) {
      if (!work.signal.aborted) this.panel.refuse(`It failed: ${error.message}`);
    }
    if (this.work === work) {
      this.work = null;
      this.panel.end();
      this.offer();
    }
  }

  cancel(text) {
    if (!this.work) return;
    this.work.abort();
    this.work = null;
    this.panel.end(text);
    this.offer();
  }

  async finish(results, invented, seconds, signal) {
    const { photo } = this;
    const [{ width, height }] = results;
    const names = results.length > 1 ? ['Faithful', 'Vivid'] : ['After'];
    const layers = [];
    for (const [i, result] of results.entries()) {
      const small = await shrunk(result, OVERVIEW, breathe);
      const url = this.keep(bitmap(small));
      layers.push({ name: names[i], url, exact: small.data === result.data });
    }
    if (signal.aborted) return;
    this.results = results;
    this.show({
      name: photo.name, width, height, tile: TILE, token: ++this.made,
      blend: results.length > 1 && { start: START, invented, turns: false },
      layers: [{ name: 'Before', url: photo.url, exact: true }, ...layers],
    });
    this.viewer.reveal();
    this.panel.finish(photo.picture, results[0], seconds);
  }

  show(shown) {
    this.invention.hide();
    this.viewer.show(shown);
    this.blend.show();
    this.brush.show();
    this.lens.refresh();
  }

  // A part of a result that its overview shows too coarsely.
  async tile([token, layer, column, row]) {
    if (token !== this.viewer.shown?.token) return null;
    return this.keep(bitmap(partOf(this.results[layer - 1], column * TILE, row * TILE, TILE)));
  }

  // Where detail was invented.
  async map() {
    const { picture, share, mean } = await inventionOf(this.results, OVERVIEW, breathe);
    return { url: this.keep(bitmap(picture)), share, mean };
  }

  // What is being done, over the photo.
  tell(text) {
    const busy = this.element.querySelector('.busy');
    busy.textContent = text;
    busy.classList.toggle('shown', Boolean(text));
  }

  async save() {
    const { results, photo, network, blend } = this;
    const place = { share: blend.share, regions: blend.painted ? blend.regions : null };
    const name = fileName(photo.name, network.scale, place, results.length);
    this.panel.saving(true);
    try {
      const file = await pngOf(results, place);
      const link = document.createElement('a');
      Object.assign(link, { href: this.keep(file), download: name });
      link.click();
      this.panel.saved(name, file.size);
    } catch (error) {
      this.panel.refuse(`The file could not be written: ${error.message}`);
    }
    this.panel.saving(false);
  }

  // The address of a file that this page made; it holds until another photo is opened.
  keep(blob) {
    const url = URL.createObjectURL(blob);
    this.urls.push(url);
    return url;
  }

  forget() {
    for (const url of this.urls.splice(0)) URL.revokeObjectURL(url);
    this.results = null;
    this.panel.forget();
  }
}

// Lets the browser draw and heed the person before work goes on.
const breathe = () => new Promise((then) => setTimeout(then));

// Choosing a photo: a click, a drop anywhere, or paste.
function takeFiles(element, open) {
  const input = element.querySelector('input[type=file]');
  const viewer = element.querySelector('.viewer');
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes('Files');
  const take = (files) => files?.length && open(files[0]);
  const chosen = () => {
    take([...input.files]);
    input.value = ''; // so that the same file can be chosen again
  };
  input.accept = 'image/*';
  input.addEventListener('change', chosen);
  element.querySelector('[data-act=replace]').addEventListener('click', () => input.click());
  document.addEventListener('dragover', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    viewer.classList.add('dragging');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) viewer.classList.remove('dragging');
  });
  document.addEventListener('drop', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    viewer.classList.remove('dragging');
    take(event.dataTransfer.files);
  });
  document.addEventListener('paste', (event) => take(event.clipboardData?.files));
  chosen(); // before anybody listened
}

// As the computer is set, light or dark.
function heedScheme() {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const heed = () => document.documentElement.classList.toggle('dark', dark.matches);
  dark.addEventListener('change', heed);
  heed();
}

async function start(element) {
  heedScheme();
  learn(JSON.parse(document.querySelector('#words').textContent));
  const base = new URL('./', document.baseURI);
  const network = await (await fetch(new URL('network.json', base))).json();
  const panel = new Panel(element, network);
  const page = new Page(element, network, panel);
  const wanted = new URLSearchParams(location.search).get('run');
  try {
    await packer().ask({ width: 1, height: 1 });
    const loaded = await load(network, base, {
      wanted: ['webgpu', 'wasm'].includes(wanted) ? wanted : null,
      progress: (read, all) => panel.loading(read, all),
    });
    page.ready(loaded);
    element.dataset.ready = loaded.provider;
  } catch (error) {
    panel.refuse(`The network could not be loaded: ${error.message}. Load the page again.`);
    panel.end();
  }
}

if (location.protocol !== 'file:') start(document.querySelector('.page'));
