// What the page says of the slider's position and of numbers, in photographers' words.
import { number, say } from './words.js';

// How far a blend at t is from the photo, in dB, from the ends' errors alone: see
// inference/consistency.py, error_moments.
export function decibel(errors, t) {
  const [first, mixed, last] = errors;
  const square = (1 - t) ** 2 * first + 2 * t * (1 - t) * mixed + t ** 2 * last;
  return square > 0 ? Math.min(99, -10 * Math.log10(square)) : 99;
}

export function agreement(level) {
  const kind = level >= 45 ? 'very_well' : level >= 40 ? 'well' : 'roughly';
  return say(`result.${kind}`, { level: number(level) });
}

function percent(share, least) {
  return share > 0 && share < least ? say('share.little')
    : say('share.part', { percent: number(100 * share) });
}

function placeOf(value) {
  return value === 0 ? say('blend.faithful') : value === 100 ? say('blend.vivid')
    : say('blend.percent', { percent: value });
}

// The slider's place, and which part of the picture is visibly invented there.
export function placeText(value, invented) {
  if (value === 0) return say('blend.least');
  const place = value === 50 ? say('blend.halfway') : placeOf(value);
  const share = invented[value];
  if (!share) return say('blend.none', { place });
  return say('blend.invented', { place, share: percent(share, 0.005) });
}

// The same where some of the picture was painted.
export function paintedText(value, part) {
  return say('blend.painted', { place: placeOf(value), share: percent(part, 0.01) });
}

export function mapText({ share, mean }, turns) {
  return say(turns ? 'map.text_turns' : 'map.text', { share: percent(share, 0.005), mean: number(mean, 1) });
}

// A result by its photo and what it was made with.
export const called = ({ name, made }) => `${name}, ${made}`;

export function fileSize(bytes) {
  return bytes >= 1e5 ? say('result.megabytes', { size: number(bytes / 1e6, 1) })
    : say('result.kilobytes', { size: number(Math.max(1, bytes / 1e3)) });
}

export function tooLarge(most, received) {
  return say('drop.large', { most: number(most / 1e6), received: number(received / 1e6) });
}
