// Choosing a photo: click, drop anywhere on the page, or paste. The bytes go to the server as they
// are (16 bit, EXIF and ICC included). Of several choices in a row the newest one counts.
import { tooLarge } from './wording.js';
import { say } from './words.js';

const failed = (error) => say('drop.failed', { reason: error?.message || error });
const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes('Files');

export class Upload {
  // send: Gradio's upload; act: an action of the link; tell: says what is done; most: bytes; accept:
  // suffixes of files to choose from; several: whether there is a list already.
  constructor(element, { send, act, tell, most, accept, several }) {
    Object.assign(this, { send, act, tell, most, several });
    this.viewer = element.querySelector('.viewer');
    this.input = element.querySelector('input[type=file]');
    this.input.accept = accept;
    this.input.multiple = true;
    this.turn = 0;
    this.depth = 0;
    this.listen(element);
  }

  async take(files) {
    if (!files?.length) return;
    if (files.length > 1 || this.several()) {
      await this.takeAll([...files]);
      return;
    }
    const [file] = files;
    if (file.size > this.most) {
      this.act('refuse', tooLarge(this.most, file.size));
      return;
    }
    const turn = ++this.turn;
    this.tell(say('drop.reading'));
    try {
      const { path } = await this.send(file);
      if (turn === this.turn) await this.act('open', [path, file.name]);
    } catch (error) {
      this.act('refuse', failed(error));
    }
    if (turn === this.turn) this.tell('');
  }

  // Several photos go into the list, in the order in which they came; a bad one is a row that says so.
  async takeAll(files) {
    const turn = ++this.turn;
    for (const [index, file] of files.entries()) {
      this.tell(say('drop.reading_several', { number: index + 1, total: files.length }));
      const row = await this.sent(file);
      if (turn !== this.turn) return;
      await this.act('add', row);
    }
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

  // Another photo was chosen in another way: an upload on its way is given up.
  overtake() {
    this.turn++;
    this.tell('');
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
      this.take(event.dataTransfer.files);
    });
    document.addEventListener('paste', (event) => {
      if (!event.target.closest?.('input, textarea')) this.take(event.clipboardData?.files);
    });
  }
}
