// The line to the server: one action after another, and the newest state wins. The server holds
// what this tab has on the page; the tab only remembers by which name it is known.

const KEY = 'sr-app-session';
const PACE = 400; // milliseconds between two questions while something is being made
const AGAIN = 2000; // milliseconds until what was not answered is sent once more
const TRIES = 30; // after which it is given up
const BEAT = 15000; // between two words that the tab is there: silence counts as leaving

export class Link {
  // server: { hello, act }; store: a Storage; show: called with every newer view.
  constructor(server, store, show, later = (act, wait) => setTimeout(act, wait)) {
    Object.assign(this, { server, store, show, later });
    this.view = null;
    this.line = Promise.resolve();
    this.asked = false;
    this.pressed = 0;
    this.gone = false; // goodbye was said
    this.onDropped = () => {}; // what is done when a press was given up
  }

  // Begin, or come back after a reload, or after the browser threw the tab away for want of memory:
  // what was made is found again. A tab that was duplicated carries a name that is in use, and starts
  // afresh.
  async begin(page = globalThis.document) {
    const known = JSON.parse(this.store.getItem(KEY) || 'null');
    const token = known && (known.free || page?.wasDiscarded) ? known.token : null;
    const { view, ...rest } = await this.answered(() => this.server.hello(token), Infinity);
    return { ...rest, start: () => this.take(view) };
  }

  // The tab goes away: its name may be taken up again, by itself after a reload.
  release(free = true) {
    if (this.view) this.store.setItem(KEY, JSON.stringify({ token: this.view.session, free }));
  }

  // The tab is there, seen or hidden. Not in the line: an action may take long.
  async attend(hidden) {
    if (this.gone) return; // a browser hides the page while it closes it
    const { session } = this.view;
    const known = await this.server.attend([session, hidden]).catch(() => true);
    if (known === false && session === this.view.session) this.act('poll', this.view.serial);
  }

  // Say so from now on; and when the tab goes away, after which all that it had is deleted.
  keepUp(page = document, window = globalThis) {
    const attend = () => this.attend(page.visibilityState === 'hidden');
    window.setInterval(attend, BEAT);
    page.addEventListener('visibilitychange', attend);
    window.addEventListener('pagehide', () => {
      this.release();
      this.gone = true;
      window.navigator.sendBeacon('leave', this.view.session);
    });
  }

  // Something was pressed. Actions reach the server in the order in which they were done; it knows
  // by their numbers which it has heard already.
  act(action, value = null) {
    this.line = this.line.catch(() => {}).then(async () => {
      const number = ++this.pressed;
      const answer = await this.answered(() => this.server.act([this.view.session, action, value, number]));
      if (answer) this.take(answer);
      else if (action !== 'poll' && action !== 'refuse') this.onDropped();
      return this.view;
    });
    return this.line;
  }

  // What the server answers: a busy one is asked again, which the page says meanwhile.
  async answered(ask, tries = TRIES) {
    for (let left = tries; left > 0; left--) {
      const answer = await ask().catch(() => null);
      if (answer) return answer;
      if (this.view) this.take({ ...this.view, lost: true });
      await new Promise((resolve) => this.later(resolve, AGAIN));
    }
    return null;
  }

  take(view) {
    const mine = this.view;
    if (mine && view.session === mine.session && view.serial < mine.serial) return;
    // While only progress changes, the answer says nothing else.
    const whole = view.results ? view : { ...mine, work: view.work, pending: view.pending };
    this.view = { ...whole, lost: Boolean(view.lost) };
    this.release(this.gone); // an answer may still come after goodbye
    this.show(this.view);
    if ((this.view.work || this.view.pending || this.view.lost) && !this.asked) {
      this.asked = true;
      this.later(() => this.poll(), PACE);
    }
  }

  poll() {
    this.asked = false;
    return this.act('poll', this.view.serial);
  }
}
