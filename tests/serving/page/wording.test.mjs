import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  agreement, decibel, fileSize, mapText, paintedText, placeText, tooLarge,
} from '../../../sr_app/serving/page/wording.js';
import { speak } from './english.mjs';

speak('en');

const invented = Array.from({ length: 101 }, (_, t) => t / 200);
const alike = (share) => Array.from({ length: 101 }, () => share);

test('the share that is invented leads, and faithful is never called vivid', () => {
  assert.equal(placeText(0, invented), 'Faithful: least error, no detail added');
  assert.equal(placeText(50, invented), 'Halfway: visible detail invented in 25 % of the picture');
  assert.match(placeText(100, invented), /^Vivid: .* 50 % of the picture$/);
  assert.match(placeText(30, alike(0.001)), /less than 1 %/);
  assert.match(placeText(30, alike(0)), /no visible detail invented/);
});

test('no reassurance stands beside the slider', () => {
  for (let value = 0; value <= 100; value++) {
    assert.doesNotMatch(placeText(value, invented), /true|dB|NIQE/);
  }
});

test('what was painted is said', () => {
  assert.equal(paintedText(80, 0.124), '80 % vivid, but for the 12 % that you painted');
  assert.match(paintedText(0, 0.001), /^Faithful, but for the less than 1 %/);
});

test('agreement follows from the errors of the two ends', () => {
  const errors = [1e-4, 0, 4e-4];
  assert.ok(Math.abs(decibel(errors, 0) - 40) < 1e-9);
  assert.ok(Math.abs(decibel(errors, 0.5) - -10 * Math.log10(1.25e-4)) < 1e-9);
  assert.equal(decibel([0, 0, 0], 0.3), 99);
  assert.match(agreement(49.2), /^very well \(49 dB\)/);
  assert.match(agreement(31), /^roughly/);
});

test('maps, sizes and limits', () => {
  assert.match(mapText({ share: 0.371, mean: 3.14 }, true), /^37 % .* 3\.1 levels .* turns included/);
  assert.equal(fileSize(9_140_000), '9.1 MB');
  assert.equal(fileSize(45_300), '45 kB');
  assert.match(tooLarge(200e6, 900e6), /at most 200 MB\. Received: 900 MB/);
});
