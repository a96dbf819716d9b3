// Any size: a number and what it counts, beside the factors.
import { number, say } from './words.js';
export class SizeField {
  // sizes: { key, name, first, least, most } of each measure; act: an action of the link.
  constructor(element, sizes, act) {
    const find = (selector) => element.querySelector(selector);
    Object.assign(this, { sizes, act });
    this.row = find('.size');
    this.number = find('#size-number');
    this.measure = find('#size-measure');
    for (const { key, name } of sizes) this.measure.add(new Option(name, key));
    this.number.addEventListener('change', () => this.send());
    this.number.addEventListener('keydown', (event) => event.key === 'Enter' && this.send());
    this.measure.addEventListener('change', () => {
      this.bound();
      this.number.value = this.chosen.first;
      this.send();
    });
  }

  get chosen() {
    return this.sizes.find(({ key }) => key === this.measure.value);
  }

  // The first size that is offered when somebody wants another one than a factor.
  begin() {
    if (!this.row.hidden) return; // there is one
    const [{ key, first }] = this.sizes;
    this.act('set', ['size', [key, first]]);
  }

  bound() {
    const { least, most } = this.chosen;
    Object.assign(this.number, { min: least, max: most, step: 'any' });
  }

  send() {
    const value = this.number.valueAsNumber;
    const { least, most, name, key } = this.chosen;
    if (value >= least && value <= most) this.act('set', ['size', [key, value]]);
    else this.act('refuse', say('panel.range', { least: number(least, 0, 2), most, measure: name }));
  }

  show({ size }) {
    this.row.hidden = !size;
    if (!size) return;
    const [key, number] = size;
    this.measure.value = key;
    this.bound();
    // What is being typed is not taken away.
    if (document.activeElement !== this.number) this.number.value = number;
  }
}
