// What the page says, in the language that the server chose for this browser: the one catalogue
// that all parts read. Numbers are written as that language writes them.
let texts = {};
let language = 'en';

export function learn(catalogue, code = 'en') {
  texts = catalogue;
  language = code;
}

// The HTML with its {keys} filled in.
export function fill(html) {
  return html.replace(/\{([a-z]+(?:\.[a-z_]+)+)\}/g, (_, key) => say(key));
}

// A text by its key; values: of its {placeholders}.
export function say(key, values = {}) {
  if (!Object.hasOwn(texts, key)) throw new Error(`Expected a key of the catalogue. Received: ${key}`);
  return texts[key].replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

// With so many digits after the point.
export function number(value, least = 0, most = least) {
  const places = { minimumFractionDigits: least, maximumFractionDigits: most };
  return new Intl.NumberFormat(language, { ...places, useGrouping: false }).format(value);
}

// No line ends within a size, or between a number and its unit.
export const tied = (text) => text.replace(/(?<=[\d×]) (?=[\d×]|\p{L}{2,3}\b)/gu, '\u00a0');

// What is said where a request got no answer: the server may be busy, or the network gone.
export const unanswered = () => ({ refused: say('result.unanswered') });

// In the middle of a sentence.
export const small = (text) => text.toLocaleLowerCase(language);
