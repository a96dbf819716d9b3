// The page: the parts, and what each of them is told. Gradio calls start() when the HTML is there.
import { Batch } from './batch.js';
import { Blend } from './blend.js';
import { Brush } from './brush.js';
import { Invention } from './invention.js';
import { Lens } from './lens.js';
import { Link } from './link.js';
import { Panel } from './panel.js';
import { Pinch } from './pinch.js';
import { ResultCard } from './result.js';
import { Strip } from './strip.js';
import { Toast } from './toast.js';
import { Trial } from './trial.js';
import { Upload } from './upload.js';
import { Viewer } from './viewer.js';
import { fill, learn, say } from './words.js';

// host: { element, server, upload } of gr.HTML.
export async function start({ element, server, upload }) {
  const link = new Link(server, sessionStorage, (view) => page.show(view));
  const { options, language, start: go } = await link.begin();
  const early = [...element.querySelector('input[type=file]').files]; // given before anybody listened
  translate(element.querySelector('.page'), language);
  const page = makePage(element, server, upload, options, link);
  keepName(link);
  go();
  page.upload.take(early);
  element.querySelector('.page').dataset.ready = 'yes';
}

// The catalogues of all languages came with the page (gr.I18n).
function translate(page, language) {
  learn(globalThis.gradio_config.i18n_translations[language], language);
  document.title = say('title');
  document.documentElement.lang = language;
  page.innerHTML = fill(page.innerHTML);
  page.hidden = false;
}

function makePage(element, server, upload, options, link) {
  const busy = element.querySelector('.busy');
  const tell = (text) => {
    busy.textContent = text;
    busy.classList.toggle('shown', Boolean(text));
  };
  const act = (action, value) => link.act(action, value);
  const gone = () => act('refuse', say('result.gone'));
  const viewer = new Viewer(element, server.tile);
  const blend = new Blend(element, viewer, options.side);
  const brush = new Brush(element, viewer, blend);
  const invention = new Invention(element, viewer, {
    ask: server.invention, tell, gone, refuse: (reason) => act('refuse', reason),
  });
  const place = (shown) => (shown.token === viewer.shown?.token ? blend.place : blend.placeOf(shown));
  const parts = {
    upload: new Upload(element, {
      send: upload, act, tell, most: options.most_bytes, accept: options.accept, longest: options.longest_list, several: () => Boolean(link.view?.batch),
    }),
    panel: new Panel(element, options, act),
    card: new ResultCard(element, options, { server, act, tell, place, gone }),
    toast: new Toast(element),
    trial: new Trial(element, viewer, act),
    lens: new Lens(element, viewer, blend),
    pinch: new Pinch(viewer),
  };
  viewer.onMove = () => {
    blend.stir();
    brush.place();
    invention.place();
    parts.trial.place();
    parts.lens.refresh();
  };
  viewer.onCut = (at, shape) => {
    blend.cut(at);
    for (const { style } of [invention.heat, brush.tint]) style.clipPath = shape;
  };
  viewer.onPress = (event) => brush.start(event);
  blend.slider.addEventListener('input', () => {
    parts.card.moved();
    parts.lens.refresh();
  });
  link.onDropped = () => act('refuse', say('panel.dropped'));
  addExamples(element, options.examples, parts.upload, act);
  addLicences(element, options.licences);
  addEventListener('beforeunload', (event) => {
    if (loses(link)) event.preventDefault();
  });
  return new Page(element, link, options, { viewer, blend, brush, invention, ...parts });
}

// Whether leaving would lose something. After goodbye it is too late to ask.
function loses({ view, gone }) {
  return !gone && Boolean(view?.work || view?.results.some(({ saved }) => !saved));
}

class Page {
  constructor(element, link, options, parts) {
    Object.assign(this, { element, link, ...parts });
    this.base = null; // token of the result that the shown one is compared with
    this.drawn = '';
    this.first = true;
    this.opened = new Set(); // tokens of results that were seen already
    this.batch = new Batch(element, options, {
      act: (action, value) => link.act(action, value),
      fetch: (one) => this.card.download(one),
      bundle: (results) => this.card.bundle(results),
      more: () => this.upload.input.click(),
      close: () => {
        this.upload.overtake();
        link.act('close');
      },
    });
    this.strip = new Strip(element, {
      act: (action, value) => link.act(action, value),
      fetch: (one) => this.card.download(one),
      compare: (token) => {
        this.base = token;
        this.show(link.view);
      },
    });
  }

  show(view) {
    const shown = view.results.find(({ token }) => token === view.shown) ?? null;
    const base = shown && view.results.find(({ token }) => token === this.base && token !== view.shown);
    if (!base) this.base = null;
    const beside = base && { shown: base, place: this.blend.placeOf(base) };
    this.card.show(shown);
    this.panel.show(view);
    this.strip.show(view.results, view.shown, this.base);
    this.batch.show(view);
    this.toast.show(view.alert);
    this.draw(shown ?? view.photo, beside);
    this.trial.show(view);
    const notes = shown ? [] : view.photo?.notes ?? [];
    this.element.querySelector('#photo-notes').textContent = notes.join(' ');
    this.first = false;
  }

  // Only what changed is drawn: otherwise every answer would lose what was painted.
  draw(shown, beside) {
    const key = JSON.stringify([shown?.token, shown?.layers, beside?.shown.token, beside?.place]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.invention.hide();
    this.viewer.show(shown, beside);
    this.blend.show();
    this.brush.show();
    this.lens.base = beside?.shown.blend ? beside.place / 100 : null;
    this.lens.refresh();
    const fresh = shown?.token && !this.opened.has(shown.token);
    if (fresh) {
      this.opened.add(shown.token);
      this.viewer.openAt(shown.spot);
    }
    if (shown?.token && !this.first) this.viewer.reveal();
  }
}

// A reload finds the results again; a second tab has its own.
function keepName(link) {
  link.keepUp();
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
}

function addExamples(element, examples, upload, act) {
  const box = element.querySelector('.tries');
  box.hidden = !examples.length;
  examples.forEach(({ url, title, shows }, index) => {
    const button = document.createElement('button');
    const image = new Image();
    Object.assign(image, { src: url, alt: say('tries.one', { shows }) });
    Object.assign(button, { type: 'button', title });
    button.append(image);
    button.addEventListener('click', () => {
      upload.overtake();
      act('example', index);
    });
    box.append(button);
  });
}

function addLicences(element, licences) {
  if (licences.length) {
    element.querySelector('#licences').textContent = say('about.networks', { list: licences.map(({ titles, terms }) => `${titles.join(', ')}: ${terms}`).join('; ') });
  }
}
