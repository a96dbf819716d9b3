// Several photos: a row each with its picture, what it is doing, settings of its own and its file.
import { say, small, tied } from './words.js';

// What the first button of a row does, if there is one; the second one always removes the row. So
// a press that comes just after its photo was done fetches the file, and deletes nothing.
const SIGNS = { download: '⤓', cancel: '■', again: '↻' };

export function handle({ state, photo, token }) {
  if (state === 'waiting' || state === 'working') return 'cancel';
  if (photo && state !== 'done' && state !== 'ready') return 'again';
  return token ? 'download' : null;
}

// The line of a row; a row in work says what its job says.
export function line(row, work) {
  return row.state === 'working' ? work?.text ?? say('list.opening') : row.text;
}

// What "as for all" means for a photo.
export function shared(name, { kind, own }, { scale, size, purpose }, kinds) {
  if (name === 'scale') return size ? say('list.size_shared') : say('list.shared', { what: `${scale}×` });
  if (purpose !== 'auto') return say('list.shared', { what: kinds.find(({ key }) => key === purpose)?.name ?? purpose });
  const found = own.purpose ? null : kinds.find(({ key }) => key === kind);
  return found ? say('list.proposed', { kind: small(found.name) }) : say('list.as_proposed');
}

export class Batch {
  // options: of the server; act: an action of the link; fetch: downloads a result; bundle: all of them
  // in one file, from the rows that are done.
  constructor(element, options, { act, fetch, bundle, more, close }) {
    const find = (selector) => element.querySelector(selector);
    Object.assign(this, { options, act, fetch, bundle });
    this.page = find('.page');
    this.box = find('.batch');
    this.said = find('.batch-said');
    this.list = find('.rows');
    this.zip = find('[data-act=zip]');
    this.rows = new Map(); // number -> node
    this.results = [];
    find('[data-act=more]').addEventListener('click', more);
    find('[data-act=close-list]').addEventListener('click', close);
    this.zip.addEventListener('click', () => this.fetchAll());
  }

  show({ batch, work, results, settings }) {
    this.page.classList.toggle('several', Boolean(batch));
    this.box.hidden = !batch;
    this.results = results;
    if (!batch) {
      this.rows.clear();
      this.list.replaceChildren();
      return;
    }
    if (this.said.textContent !== batch.text) this.said.textContent = batch.text;
    this.done = batch.rows.filter(({ token }) => token);
    this.zip.disabled = !this.done.length || this.busy;
    for (const [number, node] of this.rows) {
      if (!batch.rows.some((row) => row.number === number)) {
        node.remove();
        this.rows.delete(number);
      }
    }
    for (const row of batch.rows) {
      if (!this.rows.has(row.number)) {
        const node = this.make(row);
        this.rows.set(row.number, node);
        this.list.append(node);
      }
      this.fill(this.rows.get(row.number), row, work, settings);
    }
  }

  make(row) {
    const node = document.createElement('li');
    node.innerHTML = '<button type="button" class="thumb"><img alt=""></button><div class="told"><button type="button" class="name"></button>'
      + '<span class="does"></span><span class="bar" hidden><span></span></span></div>'
      + '<div class="own"></div><div class="acts"></div>';
    const find = (selector) => node.querySelector(selector);
    find('.name').textContent = row.name; // a name is never HTML
    for (const button of [find('.thumb'), find('.name')]) {
      button.addEventListener('click', () => this.act('item', [row.number, 'pick', null]));
      button.title = say('list.show', row);
    }
    find('.thumb').setAttribute('aria-label', say('list.show', row));
    const scales = this.options.scales.map((scale) => ({ key: scale, name: `${scale}×` }));
    find('.own').append(
      this.select(row, 'scale', 'list.size_alone', scales, Number), this.select(row, 'purpose', 'list.kind_alone', this.options.kinds, String),
    );
    return node;
  }

  select(row, name, label, choices, read) {
    const select = document.createElement('select');
    select.dataset.own = name;
    select.setAttribute('aria-label', say(label, row));
    select.add(new Option('', ''));
    for (const { key, name: text } of choices) select.add(new Option(text, key));
    select.addEventListener('change', () =>
      this.act('item', [row.number, 'set', [name, select.value ? read(select.value) : null]]));
    select.hidden = choices.length < 2 || !row.photo;
    return select;
  }

  fill(node, row, work, settings) {
    const find = (selector) => node.querySelector(selector);
    node.dataset.state = row.state;
    node.classList.toggle('shown', row.in_hand);
    const image = find('.thumb img');
    image.hidden = !row.thumbnail;
    if (row.thumbnail && image.getAttribute('src') !== row.thumbnail) image.src = row.thumbnail;
    for (const button of [find('.thumb'), find('.name')]) button.disabled = !row.photo;
    const says = find('.does');
    const text = tied(row.state === 'done' ? say('list.done', row) : line(row, work));
    if (says.textContent !== text) says.textContent = text;
    says.classList.toggle('refused', row.refused);
    const bar = find('.bar');
    bar.hidden = row.state !== 'working';
    bar.classList.toggle('unknown', !work || work.share === null);
    bar.firstElementChild.style.width = work?.share ? `${100 * work.share}%` : '';
    for (const select of node.querySelectorAll('select')) {
      const own = row.own[select.dataset.own];
      select.options[0].textContent = shared(select.dataset.own, row, settings, this.options.kinds);
      select.title = select.dataset.own === 'purpose' ? row.reason : '';
      select.value = own === null || own === undefined ? '' : String(own);
    }
    this.tools(find('.acts'), row);
  }

  tools(box, row) {
    const result = this.results.find(({ token }) => token === row.token);
    const act = handle(row);
    const key = JSON.stringify([act, row.token, result?.saved]);
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const send = (name) => this.act('item', [row.number, name, null]);
    if (!box.children.length) box.append(this.tool('✕', say('list.remove', row), () => send('remove')));
    while (box.children.length > 1) box.firstChild.remove();
    if (!act) return;
    box.prepend(this.tool(SIGNS[act], say(`list.${act}`, row),
      act === 'download' ? () => this.fetch(result) : () => send(act)));
    box.firstChild.classList.toggle('done', act === 'download' && Boolean(result?.saved));
  }

  tool(sign, label, act) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', textContent: sign, title: label });
    button.setAttribute('aria-label', label);
    button.addEventListener('click', act);
    return button;
  }

  async fetchAll() {
    this.busy = this.zip.disabled = true;
    const tokens = new Set(this.done.map(({ token }) => token));
    await this.bundle(this.results.filter(({ token }) => tokens.has(token)));
    this.busy = this.zip.disabled = false;
  }
}
