// The settings, the one obvious button, and what is being done: a picture of the server's view.
import { SizeField } from './size.js';
import { say, tied } from './words.js';

function choice(name, { key, name: label }, index, checked, disabled = false) {
  const node = document.createElement('label');
  const input = document.createElement('input');
  Object.assign(input, { type: 'radio', name, value: String(key), checked, disabled });
  const text = document.createElement('span');
  text.textContent = label;
  node.append(input, text);
  return node;
}

export class Panel {
  // options: what can be chosen, as the server says; act: an action of the link.
  constructor(element, options, act) {
    this.find = (selector) => element.querySelector(selector);
    this.act = act;
    const scales = options.scales.map((scale) => ({ key: scale, name: `${scale}×` }));
    this.size = new SizeField(element, options.sizes, act);
    this.fill('scale', [...scales, { key: 'other', name: say('panel.other') }], (value) => {
      if (value === 'other') this.size.begin();
      else act('set', ['scale', Number(value)]);
    });
    this.fill('purpose', [...options.kinds, options.auto], (value) => act('set', ['purpose', value]));
    this.find('#purpose').hidden = options.kinds.length < 2;
    this.find('#hint').textContent = options.hint;
    const presets = this.find('#preset');
    for (const { key, name } of options.presets) presets.add(new Option(name, key));
    presets.addEventListener('change', () => act('set', ['preset', presets.value || null]));
    const consistent = this.find('#consistent');
    consistent.addEventListener('change', () => act('set', ['consistent', consistent.checked]));
    this.find('#go').addEventListener('click', () => act('go'));
    this.find('#cancel').addEventListener('click', () => act('cancel'));
    // Enter is still held down when the focus comes to it.
    this.find('#cancel').addEventListener('keydown', (event) => event.repeat && event.preventDefault());
  }

  fill(name, choices, choose) {
    const box = this.find(`#${name} .choices`);
    choices.forEach((one, index) => box.append(choice(name, one, index, index === 0)));
    // A press on what is chosen already counts: then it is the person's choice.
    box.addEventListener('click', ({ target }) => target.matches('input') && choose(target.value));
  }

  show(view) {
    const { settings, target, work, status, go, batch, shown } = view;
    const chosen = { scale: settings.size ? 'other' : String(settings.scale), purpose: settings.purpose };
    for (const [name, value] of Object.entries(chosen)) {
      for (const input of this.find(`#${name} .choices`).querySelectorAll('input')) {
        input.checked = input.value === value;
      }
    }
    this.size.show(settings);
    this.find('#purpose').classList.toggle('each', Boolean(batch));
    this.find('#go').textContent = say(batch ? 'panel.go_all' : 'panel.go');
    this.find('#cancel').textContent = say(batch ? 'panel.cancel_all' : 'panel.cancel');
    this.propose(view.proposal);
    this.find('#preset').value = settings.preset ?? '';
    this.find('#purpose').disabled = settings.preset !== null;
    this.find('#consistent').checked = settings.consistent;
    this.say('#target', tied(target.text), !target.fits);
    this.say('#slider-note', target.slider);
    this.say('#again', view.again);
    const held = document.activeElement;
    this.find('#go').hidden = Boolean(work);
    this.find('#go').disabled = !go.enabled;
    this.find('#go').className = go.primary ? 'primary' : 'secondary';
    this.find('#download').className = go.primary ? 'secondary' : 'primary';
    this.find('#cancel').hidden = !work;
    this.work(work);
    // Whoever pressed one of the two finds the other, by keyboard too.
    if (held === this.find('#go') && work) this.find('#cancel').focus();
    if (held === this.find('#cancel') && !work) this.find(shown ? '#download' : '#go').focus({ preventScroll: true });
    this.say('#status', view.lost ? say('panel.silent') : status.text,
      view.lost || status.kind === 'refused');
  }

  // What the photo seems to be, beside the choice: it can be changed with a click.
  propose(proposal) {
    this.say('#proposal', proposal?.text ?? '');
    this.find('#hint').hidden = Boolean(proposal);
    for (const label of this.find('#purpose').querySelectorAll('label')) {
      label.dataset.proposed = say('trial.proposed');
      label.classList.toggle('proposed', label.firstElementChild.value === proposal?.kind);
    }
  }

  // Unchanged text stays as it is, so that it is announced once.
  say(selector, text, refused = false) {
    const node = this.find(selector);
    if (node.textContent !== text) node.textContent = text;
    node.classList.toggle('refused', refused && Boolean(text));
    node.hidden = !text;
  }

  work(work) {
    const box = this.find('#work');
    box.hidden = !work;
    if (!work) return;
    const bar = this.find('#work [role=progressbar]');
    const percent = work.share === null ? null : Math.round(100 * work.share);
    bar.classList.toggle('unknown', percent === null);
    bar.firstElementChild.style.width = percent === null ? '' : `${percent}%`;
    if (percent === null) bar.removeAttribute('aria-valuenow');
    else bar.setAttribute('aria-valuenow', percent);
    bar.setAttribute('aria-valuetext', work.text);
    this.find('#work p').textContent = work.text;
  }
}
