// A refusal that pops up over the page, wherever one looks; it goes by itself or by a press.
const STAYS = 9000;

export class Toast {
  constructor(element) {
    this.node = element.querySelector('.toast');
    this.seen = null;
    this.timer = 0;
    this.node.querySelector('button').addEventListener('click', () => this.hide());
  }

  // alert: { number, text }; each number pops up once, and none that was there before the page was
  // loaded. A server that was started anew counts from the beginning.
  show({ number, text }) {
    const fresh = this.seen !== null && number > this.seen;
    this.seen = number;
    if (!fresh) return;
    this.node.querySelector('p').textContent = text;
    this.node.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), STAYS);
  }

  hide() {
    this.node.hidden = true;
  }
}
