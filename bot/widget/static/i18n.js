import { getStrings } from './api.js';
import { el } from './dom.js';

let ui = { lang: 'de', dir: 'ltr', strings: {} };

export const language = () => ui.lang;
export const direction = () => ui.dir;

/** Fetch a language's sentences and turn the whole page to it. */
export async function useLanguage(code) {
  if (code === ui.lang && Object.keys(ui.strings).length) return;
  ui = await getStrings(code);
  document.documentElement.lang = ui.lang;
  document.documentElement.dir = ui.dir;
  translate(document);
  document.dispatchEvent(new Event('languagechanged'));
}

/** The sentence `key` in the current language, its {placeholders} filled. */
export function t(key, values = {}) {
  return (ui.strings[key] ?? '').replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/**
 * The widget's own words inside a message. They say which language they are in, because the message around them
 * may be in another one.
 */
export function say(tag, key, attributes = {}, values = {}) {
  return el(tag, { lang: ui.lang, dir: ui.dir, ...attributes }, t(key, values));
}

/** Put another sentence of the widget into an element that may have been made in another language. */
export function tell(node, key, values = {}) {
  node.replaceChildren(say('span', key, {}, values));
}

function translate(root) {
  for (const node of root.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll('[data-t-label]')) node.setAttribute('aria-label', t(node.dataset.tLabel));
  for (const node of root.querySelectorAll('[data-t-title]')) node.title = t(node.dataset.tTitle);
  for (const node of root.querySelectorAll('[data-t-placeholder]')) node.placeholder = t(node.dataset.tPlaceholder);
}
