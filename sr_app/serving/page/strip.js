// The results of this tab, newest last: each can be shown again, fetched, compared with the one that
// is shown (of the same photo or of another one), or removed.
import { called } from './wording.js';
import { say } from './words.js';

export class Strip {
  // act: an action of the link; fetch: downloads a result; compare: shows one beside another.
  constructor(element, { act, fetch, compare }) {
    Object.assign(this, { act, fetch, compare });
    this.box = element.querySelector('.strip');
    this.list = element.querySelector('.strip ul');
    this.said = element.querySelector('.strip p');
    this.drawn = '';
  }

  // results: of the view; shown: token in the viewer; base: token of the one compared with.
  show(results, shown, base) {
    const now = results.find(({ token }) => token === shown);
    const key = JSON.stringify([shown, base, results.map(({ token, saved }) => [token, saved])]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.box.hidden = !results.length;
    const { held } = this;
    this.list.replaceChildren(...results.map((one) => this.item(one, now, base)));
    this.hold(held);
    const left = results.find(({ token }) => token === base);
    this.said.textContent = left ? say('strip.compared', { left: called(left), right: called(now) }) : say('strip.hint');
    this.said.hidden = results.length < 2 || !now;
    this.list.querySelector('[aria-current=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  // Which button has the focus: the number of its result, and its own; null where it is elsewhere.
  get held() {
    const items = [...this.list.children];
    const at = items.findIndex((one) => one.contains(document.activeElement));
    return at < 0 ? null : [at, [...items[at].querySelectorAll('button')].indexOf(document.activeElement)];
  }

  // The keyboard goes on where it was; after a removal, at the next result.
  hold(held) {
    const item = held && (this.list.children[held[0]] ?? this.list.lastElementChild);
    if (!item) return;
    const button = item.querySelectorAll('button')[held[1]];
    (button.disabled ? item.querySelector('button') : button).focus({ preventScroll: true });
  }

  item(one, now, base) {
    const node = document.createElement('li');
    const picture = document.createElement('button');
    const image = new Image();
    image.src = one.thumbnail;
    image.alt = '';
    const caption = document.createElement('span');
    caption.textContent = called(one);
    Object.assign(picture, { type: 'button', className: 'thumb', title: say('strip.show', { name: called(one) }) });
    picture.setAttribute('aria-current', String(one.token === now?.token));
    picture.append(image, caption);
    picture.addEventListener('click', () => this.act('show', one.token));
    const tools = document.createElement('span');
    tools.className = 'acts';
    const other = one.token !== now?.token;
    tools.append(
      this.tool('⤓', say(one.saved ? 'strip.downloaded' : 'strip.download'), () => this.fetch(one), { done: one.saved }),
      this.tool('◧', say(other ? 'strip.compare' : 'strip.compare_self'),
        () => this.compare(one.token === base ? null : one.token), { off: !now || !other, on: one.token === base }),
      this.tool('✕', say(one.saved ? 'strip.remove' : 'strip.remove_unsaved'), () => this.act('drop', one.token)),
    );
    node.append(picture, tools);
    return node;
  }

  tool(sign, label, act, { off = false, on = null, done = false } = {}) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', textContent: sign, title: label, disabled: off });
    button.setAttribute('aria-label', label);
    if (on !== null) button.setAttribute('aria-pressed', String(on));
    button.classList.toggle('done', done);
    button.addEventListener('click', act);
    return button;
  }
}
