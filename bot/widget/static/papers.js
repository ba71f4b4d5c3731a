import { getPaper } from './api.js';
import { el } from './dom.js';
import { say, tell } from './i18n.js';
import { icon } from './icons.js';

const TOPICS_AT_MOST = 8;
const KEPT_MS = 60_000;
const FILES = { laufzettel: 'Laufzettel.pdf', receipt: 'Einwilligung.pdf' };

/**
 * The button that makes a paper of this card to take along. Where the chat has more topics, the person ticks which of
 * them go on it. The paper goes from the server to the device and is kept nowhere else.
 */
export function laufzettel() {
  const said = el('p', { class: 'muted', role: 'status' });
  const button = deed('laufzettel');
  const box = el('div', { class: 'no-print' }, button, said);
  button.addEventListener('click', () => {
    const topics = topicsOfChat(box.closest('.message'));
    if (topics.length > 1) choose(topics, button, said);
    else bring('laufzettel', [topics[0].id], button, said);
  });
  return box;
}

/** The button that makes the paper of a message that is one by itself. */
export function paper(name) {
  if (!FILES[name]) return null;
  const said = el('p', { class: 'muted', role: 'status' });
  const button = deed('laufzettel_save');
  const box = el('div', { class: 'no-print' }, button, said);
  button.addEventListener('click', () => bring(name, [box.closest('.message').dataset.id], button, said));
  return box;
}

const deed = (key) => el('button', { type: 'button', class: 'choice choice-plain' }, icon('document'), say('span', key));

/** This topic first, then the others of the chat, newest first, each once: {id, title, lang, dir}. */
function topicsOfChat(own) {
  const messages = [...document.querySelectorAll('.card-topic')].map((card) => card.closest('.message')).reverse();
  const topics = new Map();
  for (const message of [own, ...messages]) {
    const title = message.querySelector('.card-topic h2')?.textContent;
    if (title && !topics.has(title)) topics.set(title, { id: message.dataset.id, title, lang: message.lang, dir: message.dir });
  }
  return [...topics.values()].slice(0, TOPICS_AT_MOST);
}

function choose(topics, button, said) {
  const boxes = topics.map(({ id }, index) => el('input', { type: 'checkbox', value: id, checked: index === 0 }));
  const chosen = () => boxes.filter(({ checked }) => checked).map(({ value }) => value);
  const save = deed('laufzettel_save');
  const form = el('fieldset', { class: 'topics' }, say('legend', 'laufzettel_choose'),
    topics.map(({ title, lang, dir }, index) => el('label', { lang, dir }, boxes[index], el('span', {}, title))), save);
  form.addEventListener('change', () => { save.disabled = !chosen().length; });
  save.addEventListener('click', () => bring('laufzettel', chosen(), save, said));
  button.replaceWith(form);
  boxes[0].focus();
}

async function bring(name, ids, button, said) {
  button.disabled = true;
  said.textContent = '';
  try {
    download(await getPaper(name, ids), FILES[name]);
    tell(said, 'laufzettel_done');
  } catch ({ code }) {
    tell(said, code === 'unknown_conversation' ? 'error_unknown_conversation' : 'laufzettel_failed');
  }
  button.disabled = false;
  button.focus();
}

function download(pdf, name) {
  const address = URL.createObjectURL(pdf);
  el('a', { href: address, download: name }).click();
  // A browser that asks first reads it only after the answer.
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
