// Which part of the picture is visibly invented at each percent of the slider: a histogram of how
// far the ends are apart, in thirds of a grey level (inference/invention.py, VISIBLE).
const VISIBLE = 8;

export class Counting {
  constructor() {
    this.counts = new Uint32Array(3 * 255 + 1);
    this.pixels = 0;
  }

  // Parts of the faithful and the vivid end, of one size.
  add(faithful, vivid) {
    for (let i = 0; i < faithful.length; i += 4) {
      this.counts[Math.abs(vivid[i] - faithful[i]) + Math.abs(vivid[i + 1] - faithful[i + 1])
        + Math.abs(vivid[i + 2] - faithful[i + 2])]++;
    }
    this.pixels += faithful.length / 4;
  }

  // A share of the picture for each percent from 0 to 100.
  shares() {
    const beyond = new Float64Array(this.counts.length + 1); // pixels at least so far apart
    for (let i = this.counts.length - 1; i >= 0; i--) beyond[i] = beyond[i + 1] + this.counts[i];
    return Array.from({ length: 101 }, (_, percent) => {
      const least = percent ? Math.ceil(3 * VISIBLE * 100 / percent) : Infinity;
      return least < this.counts.length ? beyond[least] / this.pixels : 0;
    });
  }
}
