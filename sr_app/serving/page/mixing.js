// The blend of two pictures, one word for each pixel. Two channels at a time, in steps of 1/256: at
// most one level from the file's blend, which knows more digits of both ends. Transparency is the
// same at both. All numbers are kept to 32 bits with sign, in which the compiler is fastest.
const PAIR = 0xff00ff;
const HALF = 0x800080;

// One pixel, k of 256 parts of q.
export function mix(p, q, k) {
  const j = 256 - k;
  const even = ((Math.imul(p & PAIR, j) + Math.imul(q & PAIR, k)) | 0) + HALF | 0;
  const odd = ((Math.imul((p >>> 8) & PAIR, j) + Math.imul((q >>> 8) & PAIR, k)) | 0) + HALF | 0;
  return ((even >>> 8) & PAIR) | (odd & ~PAIR);
}

// Pixels from `from` up to `to`, all with the same share.
export function mixAlike({ words, faithful, vivid }, from, to, k) {
  for (let i = from; i < to; i++) words[i] = mix(faithful[i], vivid[i], k);
}

// The same pixels, each with its own share: shares[x] and on.
export function mixEach({ words, faithful, vivid }, from, to, shares, x) {
  for (let i = from, at = x; i < to; i++, at++) words[i] = mix(faithful[i], vivid[i], shares[at]);
}
