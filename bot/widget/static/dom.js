/**
 * An element with attributes, listeners (`onclick`) and children. Strings become text nodes, never markup:
 * nothing a server or a person wrote can turn into HTML here.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(2).filter((child) => child || child === 0));
  return node;
}

/** Plain text as paragraphs, one for each line: every line is a thought of its own. */
export function paragraphs(text) {
  return (text ?? '').split('\n').filter((line) => line.trim()).map((line) => el('p', {}, line));
}

/** German words inside a text of any language: isolated, and pronounced as German. */
export const german = (text, tag = 'bdi') => (text ? el(tag, { lang: 'de', dir: 'ltr' }, text) : null);

/** A link that dials. Everything but digits and the plus is dropped, so no other scheme can slip in. */
export function telephone(number, attributes, ...children) {
  return el('a', { href: `tel:${String(number).replace(/[^\d+]/g, '')}`, ...attributes }, ...children);
}

/** A web address from data, or null if it is anything but http(s). */
export function webAddress(url) {
  return /^https?:\/\//i.test(url ?? '') ? url : null;
}

export const byId = (id) => document.getElementById(id);
