// The column beside the viewer: what can be done, what is being done, what came of it.
import { fileSize } from '../page/wording.js';
import { megapixels, remaining } from './words.js';

const PROVIDERS = {
  webgpu: () => 'Runs on the graphics processor (WebGPU).',
  wasm: (hands) => `Runs on ${hands === 1 ? 'one core' : `${hands} cores`} of the processor (WebAssembly).`,
};

export class Panel {
  constructor(element, network) {
    this.find = (selector) => element.querySelector(selector);
    this.network = network;
    const { scale, title, name, licence, limits, ends } = network;
    this.find('#motto').textContent = `Your photo, ${scale} times larger, in this browser.`;
    this.find('#network').textContent = `${title} (${name})`;
    this.note = network.description;
    this.say('#about-network', this.note);
    this.find('#limits').textContent = limits;
    this.find('#licence').textContent = `The network${ends.length > 1 ? 's' : ''}: ${licence}.`;
  }

  on(selector, act) {
    this.find(selector).addEventListener('click', act);
  }

  say(selector, text) {
    const node = this.find(selector);
    if (node.textContent !== text) node.textContent = text;
    node.hidden = !text;
  }

  refuse(text) {
    this.say('#status', text);
    this.find('#status').classList.toggle('refused', Boolean(text));
  }

  bar(share, text) {
    const bar = this.find('#work [role=progressbar]');
    const percent = share === null ? null : Math.round(100 * share);
    bar.classList.toggle('unknown', percent === null);
    bar.firstElementChild.style.width = percent === null ? '' : `${percent}%`;
    if (percent === null) bar.removeAttribute('aria-valuenow');
    else bar.setAttribute('aria-valuenow', percent);
    bar.setAttribute('aria-valuetext', text);
    this.find('#work p').textContent = text;
    this.find('#work').hidden = false;
  }

  loading(read, all) {
    this.bar(all && read <= all ? read / all : null, `Loading the network: ${fileSize(read)} …`);
  }

  loaded(provider, hands) {
    this.find('#work').hidden = true;
    this.say('#about-network', `${this.note} ${PROVIDERS[provider](hands)}`);
  }

  // What pressing the button would do.
  offer(photo, able, done) {
    const { scale } = this.network;
    const go = this.find('#go');
    go.disabled = !photo || !able;
    go.hidden = done;
    if (!photo) return;
    const { width, height, transparent } = photo.picture;
    const target = `${width} × ${height} px becomes ${scale * width} × ${scale * height} px`;
    this.say('#target', this.find('#result').hidden ? target : '');
    this.say('#photo-notes', transparent ? 'What is transparent lies on white: PNG files of this page have no transparency.' : '');
  }

  begin() {
    this.refuse('');
    this.find('#go').hidden = true;
    this.find('#cancel').hidden = false;
    this.find('#result').hidden = true;
    this.bar(null, 'The first part of the photo …');
  }

  progress(done, all, seconds) {
    const rest = remaining(done, all, seconds);
    this.bar(done / all, `Part ${done} of ${all}${rest ? `, ${rest}` : ''}`);
  }

  end(text = null) {
    this.find('#cancel').hidden = true;
    this.find('#work').hidden = true;
    if (text) this.say('#status', text);
  }

  finish(before, after, seconds) {
    this.find('#result').hidden = false;
    this.find('#facts').textContent = `${before.width} × ${before.height} px became `
      + `${after.width} × ${after.height} px (${megapixels(after)}) in ${seconds.toFixed(1)} s.`;
    this.find('#made').textContent = '';
  }

  forget() {
    this.find('#result').hidden = true;
  }

  saving(on) {
    this.find('#download').disabled = on;
    if (on) this.find('#made').textContent = 'Writing the file …';
  }

  saved(name, bytes) {
    this.find('#made').textContent = `${name}, ${fileSize(bytes)}`;
  }
}
