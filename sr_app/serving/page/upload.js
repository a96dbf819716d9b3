// Choosing a photo: click, drop anywhere on the page, or paste. The bytes go to the server as they
// are (16 bit, EXIF and ICC included). Of several choices in a row the newest one counts.
import { filesOf } from './folder.js';
import { tooLarge } from './wording.js';
import { say } from './words.js';

const failed = (error) => say('drop.failed', { reason: error?.message || error });
const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes('Files');

export class Upload {
  // send: Gradio's upload; act: an action of the link; tell: says what is done; most: bytes; accept:
  // suffixes of files to choose from; longest: photos of one list; several: whether there is a list.
  constructor(element, { send, act, tell, most, accept, longest, several }) {
    Object.assign(this, { send, act, tell, most, longest, several });
    this.suffixes = accept.split(',');
    this.waiting = []; // files of a list that are on their way
    this.viewer = element.querySelector('.viewer');
    this.input = element.querySelector('input[type=file]');
    this.input.accept = accept;
    this.turn = 0;
    this.depth = 0;
    this.listen(element);
  }

  async take(files) {
    if (!files?.length) return;
    if (files.length > 1 || this.several() || this.waiting.length) {
      await this.takeAll(files);
      return;
    }
    const [file] = files;
    if (file.size > this.most) {
      this.act('refuse', tooLarge(this.most, file.size));
      return;
    }
    const turn = ++this.turn;
    this.tell(say('drop.reading'));
    const row = await this.sent(file);
    if (turn !== this.turn) return;
    await (row[0] ? this.act('open', row) : this.act('refuse', row[2]));
    if (turn === this.turn) this.tell('');
  }

  // Several photos go into the list, in the order in which they came; a bad one is a row that says so.
  // What comes while others are on their way follows them. One alone is opened: the server puts it into
  // the list if that is still there, for it may be closed meanwhile.
  async takeAll(files) {
    const action = files.length > 1 ? 'add' : 'open';
    this.waiting.push(...[...files].map((file) => [file, action]));
    if (this.waiting.length > files.length) return;
    const turn = ++this.turn;
    for (let at = 0; at < this.waiting.length; at++) {
      this.tell(say('drop.reading_several', { number: at + 1, total: this.waiting.length }));
      const [file, action] = this.waiting[at];
      const row = await this.sent(file);
      if (turn !== this.turn) return;
      const { batch } = await this.act(row[0] ? action : 'add', row);
      if (turn !== this.turn) return;
      const left = this.waiting.length - at - 1;
      if (left && batch?.rows.length >= this.longest) {
        this.act('refuse', say('list.full', { most: this.longest, left }));
        break;
      }
    }
    this.waiting = [];
    this.tell('');
  }

  // [path, name], or [null, name, why there is none].
  async sent(file) {
    if (file.size > this.most) return [null, file.name, tooLarge(this.most, file.size)];
    try {
      const { path } = await this.send(file);
      return [path, file.name];
    } catch (error) {
      return [null, file.name, failed(error)];
    }
  }

  // Another photo was chosen in another way, or the list was closed: what is on its way is given up.
  overtake() {
    this.turn++;
    this.waiting = [];
    this.tell('');
  }

  // Of a folder its photos are taken, by name, and whatever else lies there is left.
  async drop({ files, items }) {
    const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some(({ isDirectory }) => isDirectory)) {
      this.take(files);
      return;
    }
    const found = (await Promise.all(entries.map((entry) => filesOf(entry, this.suffixes)))).flat();
    if (found.length) this.take(found);
    else this.act('refuse', say('drop.no_photos'));
  }

  mark(change) {
    this.depth = Math.max(0, this.depth + change);
    this.viewer.classList.toggle('dragging', this.depth > 0);
  }

  listen(element) {
    this.input.addEventListener('change', () => {
      this.take([...this.input.files]);
      this.input.value = ''; // so that the same file can be chosen again
    });
    element.querySelector('[data-act=replace]').addEventListener('click', () => this.input.click());
    document.addEventListener('dragenter', (event) => carriesFiles(event) && this.mark(1));
    document.addEventListener('dragleave', (event) => carriesFiles(event) && this.mark(-1));
    document.addEventListener('dragover', (event) => carriesFiles(event) && event.preventDefault());
    document.addEventListener('drop', (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.mark(-this.depth);
      this.drop(event.dataTransfer);
    });
    document.addEventListener('paste', (event) => this.take(event.clipboardData?.files));
  }
}
