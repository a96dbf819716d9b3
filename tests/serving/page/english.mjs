// The English texts, for tests of what the scripts say.
import { readFileSync } from 'node:fs';
import { learn } from '../../../sr_app/serving/page/words.js';

const catalogue = (language) =>
  JSON.parse(readFileSync(new URL(`../../../sr_app/serving/languages/${language}.json`, import.meta.url)));

export function speak(language) {
  learn(catalogue(language).page, language);
}

speak('en');
