// Where detail was invented: a map that the server makes when it is first asked for.
import { mapText } from './wording.js';
import { say, unanswered } from './words.js';

export class Invention {
  // ask: function ([token, turns]) -> a promise of the map, or of null; tell: says what is done;
  // gone: called where the result is no longer kept; refuse: with the reason where there is one.
  constructor(element, viewer, { ask, tell, gone, refuse }) {
    const find = (selector) => element.querySelector(selector);
    Object.assign(this, { viewer, ask, tell, gone, refuse });
    this.heat = find('.heat');
    this.legend = find('.legend p');
    this.button = find('[data-act=map]');
    this.turning = find('[data-act=turns]');
    this.button.addEventListener('click', () => (this.on ? this.hide() : this.show(false)));
    this.turning.addEventListener('click', () => this.show(true));
  }

  get on() {
    return this.button.getAttribute('aria-pressed') === 'true';
  }

  hide() {
    this.heat.replaceChildren();
    this.viewer.element.classList.remove('mapped');
    this.button.setAttribute('aria-pressed', 'false');
  }

  async show(turns) {
    const { token } = this.viewer.shown;
    this.button.setAttribute('aria-pressed', 'true');
    this.tell(say(turns ? 'map.turning' : 'map.comparing'));
    const map = await this.ask([token, turns]).catch(unanswered);
    this.tell('');
    if (this.viewer.shown?.token !== token || !this.on) return;
    if (!map || map.refused) {
      this.hide();
      if (map) this.refuse(map.refused);
      else this.gone();
      return;
    }
    const image = new Image();
    this.legend.textContent = mapText(map, turns);
    image.alt = say('map.picture', { text: this.legend.textContent });
    image.draggable = false;
    image.src = map.url;
    this.heat.replaceChildren(image);
    this.viewer.element.classList.add('mapped');
    this.turning.hidden = turns || !this.viewer.shown.blend.turns;
  }

  place() {
    const { left, top, width, height } = this.viewer.spot;
    Object.assign(this.heat.style, {
      width: `${width}px`, height: `${height}px`, transform: `translate(${left}px, ${top}px)`,
    });
  }
}
