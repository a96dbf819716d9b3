import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, number, say, small, tied } from '../../../sr_app/serving/page/words.js';
import { fileSize, placeText, tooLarge } from '../../../sr_app/serving/page/wording.js';
import { speak } from './english.mjs';

test('a text is found by its key, and its places are filled in', () => {
  speak('en');
  assert.equal(say('list.show', { name: '{odd} $& name' }), 'Show {odd} $& name');
  assert.throws(() => say('list.nothing'), /Received: list\.nothing/);
  assert.throws(() => say('toString'), /Received: toString/);
  assert.equal(fill('<b title="{tools.lens}">{tools.fit} {x}</b>'), '<b title="Lens">Fit {x}</b>');
});

test('numbers are written as the language writes them', () => {
  speak('de');
  assert.equal(number(1.25, 1), '1,3');
  assert.equal(number(0.01, 0, 2), '0,01');
  assert.equal(number(60000, 0, 2), '60000');
  assert.equal(fileSize(9_140_000), '9,1 MB');
  assert.equal(small('Verrauscht'), 'verrauscht');
  speak('fr');
  assert.equal(fileSize(9_140_000), '9,1 Mo');
  speak('en');
});

test('the other languages say what English says', () => {
  const invented = Array.from({ length: 101 }, (_, t) => t / 200);
  const said = ['en', 'de', 'es', 'fr'].map((language) => {
    speak(language);
    return [placeText(50, invented), tooLarge(200e6, 900e6)];
  });
  for (const [place, large] of said) {
    assert.match(place, /25 %/);
    assert.match(large, /200 .*900 /);
  }
  assert.equal(new Set(said.flat()).size, 8);
  speak('en');
});

test('no line ends within a size, or between a number and its unit', () => {
  const text = tied('320 × 320 → 1280 × 1280 px, 1.6 MP');
  assert.deepEqual(text.split(' '), ['320\u00a0×\u00a0320', '→', '1280\u00a0×\u00a01280\u00a0px,', '1.6\u00a0MP']);
  assert.equal(tied('at most 50 MP. Received: 900').split(' ').length, 5);
});
