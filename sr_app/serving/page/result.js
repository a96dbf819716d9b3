// The result that is shown: its facts, the file in the format that is wanted, and details for those
// who ask for them. Format and quality apply to what is computed already.
import { agreement, decibel, fileSize } from './wording.js';
import { say, unanswered } from './words.js';

export class ResultCard {
  // server: { finish, naturalness }; act: an action of the link; tell: says what is done; placeOf:
  // where the slider of the shown result stands, or of another one; gone: the result is not kept.
  constructor(element, options, { server, act, tell, place, gone }) {
    this.find = (selector) => element.querySelector(selector);
    Object.assign(this, { server, act, tell, place, gone, options });
    this.shown = null;
    this.busy = false;
    const format = this.find('#format');
    for (const { key, name } of options.formats) format.add(new Option(name, key));
    format.addEventListener('change', () => this.describe());
    this.find('#quality input').addEventListener('input', () => this.describe());
    this.find('#download').addEventListener('click', () => this.download(this.shown));
    this.find('#measure').addEventListener('click', () => this.measure());
  }

  show(shown) {
    const same = shown?.token === this.shown?.token;
    this.shown = shown;
    this.find('#result').hidden = !shown;
    if (!shown || same) return;
    this.find('#facts').textContent = shown.facts;
    this.list('#notes', shown.notes);
    const details = this.find('#details dl');
    details.replaceChildren();
    for (const [name, value] of shown.details) this.detail(details, name, value);
    this.find('#measured').textContent = '';
    this.find('#measure').hidden = false;
    this.find('#made').textContent = '';
    this.describe();
    this.moved();
  }

  detail(list, name, value) {
    for (const [tag, text] of [['dt', name], ['dd', value]]) {
      const node = document.createElement(tag);
      node.textContent = text;
      list.append(node);
    }
  }

  list(selector, lines) {
    const node = this.find(selector);
    node.replaceChildren(...lines.map((line) => {
      const one = document.createElement('p');
      one.textContent = line;
      return one;
    }));
  }

  // The slider was moved: how well the result agrees with the photo.
  moved() {
    if (!this.shown) return;
    const value = this.place(this.shown);
    const t = typeof value === 'number' ? value / 100 : null;
    this.find('#agreement').textContent = t === null ? say('result.painted')
      : agreement(decibel(this.shown.errors, t));
  }

  get kind() {
    return this.find('#format').value;
  }

  get quality() {
    return this.find('#quality input').valueAsNumber;
  }

  // Whether a quality can be chosen: it depends on the format of the photo for "As the photo".
  describe() {
    const kind = this.kind === 'same' ? this.shown?.own : this.kind;
    const found = this.options.formats.find(({ key }) => key === kind);
    this.find('#quality').hidden = !found?.quality;
    this.find('#quality output').textContent = this.quality;
  }

  // Make and fetch the file of a result, at the place of its slider.
  async download(shown) {
    if (!shown || this.busy) return;
    this.busy = true;
    this.find('#download').disabled = true;
    this.tell(say('result.writing'));
    const request = [shown.token, this.place(shown), this.kind, this.quality];
    const made = await this.server.finish(request).catch(unanswered);
    this.tell('');
    this.busy = false;
    this.find('#download').disabled = false;
    if (!made) {
      this.gone();
      return;
    }
    if (made.refused) {
      this.act('refuse', made.refused);
      return;
    }
    this.fetch(made);
    this.find('#made').textContent = say('result.made', { name: made.name, size: fileSize(made.bytes) });
    this.list('#notes', [...shown.notes, ...made.notes]);
    this.act('saved', shown.token);
  }

  // One file of several results, each at the place of its slider.
  async bundle(results) {
    this.tell(say('result.writing_several', { number: results.length }));
    const chosen = results.map((one) => [one.token, this.place(one)]);
    const made = await this.server.bundle([chosen, this.kind, this.quality]).catch(unanswered);
    this.tell('');
    if (!made) {
      this.gone();
      return;
    }
    if (typeof made.refused === 'string') {
      this.act('refuse', made.refused);
      return;
    }
    this.fetch(made);
    if (made.refused.length) this.act('refuse', made.refused.join(' '));
    for (const token of made.tokens) this.act('saved', token);
  }

  fetch({ url, name }) {
    const link = document.createElement('a');
    Object.assign(link, { href: url, download: name });
    link.click();
  }

  async measure() {
    const { token } = this.shown;
    const button = this.find('#measure');
    button.disabled = true;
    const text = await this.server.naturalness([token]).catch(unanswered);
    button.disabled = false;
    if (this.shown?.token !== token) return;
    if (!text || text.refused) {
      if (text) this.act('refuse', text.refused);
      else this.gone();
      return;
    }
    button.hidden = true;
    this.find('#measured').textContent = text;
  }
}
