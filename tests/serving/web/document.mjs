// The exported page's HTML in a document, with the viewer of the application's own page in it.
import { readFileSync } from 'node:fs';
import { fill } from '../../../sr_app/serving/page/words.js';
import { HTML, open } from '../page/document.mjs';
import { speak } from '../page/english.mjs';

speak('en');

const INDEX = readFileSync(new URL('../../../sr_app/serving/web/index.html', import.meta.url), 'utf-8');
const between = (text, start, end) => text.slice(text.indexOf(start), text.indexOf(end));
const VIEWER = between(HTML, '<div class="viewer"', '<section class="batch"');

// What is written into a folder of one network, or of two.
export const network = (ends = 2) => ({
  name: 'esrn_x2', title: 'Clean photo, 2x', description: 'Faithful.', scale: 2, licence: 'Apache-2.0', limits: 'No evidence.',
  overlap: 2, multiple: 1, tile: 16, trial: { side: 8, levels: [[], []].slice(0, ends) },
  ends: [{ name: 'esrn_x2', multiple: 1, graph: 'graphs/esrn_x2.onnx' }, { name: 'esrn_x2_vivid', multiple: 1, graph: 'graphs/esrn_x2_vivid.onnx' }].slice(0, ends),
});

export function openFolder() {
  return open(fill(between(INDEX, '<div class="page">', '<script>').replace('<!-- viewer -->', VIEWER)));
}
