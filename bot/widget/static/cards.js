import { el, german, paragraphs, telephone, webAddress } from './dom.js';
import { direction, language, say, t, tell } from './i18n.js';
import { icon } from './icons.js';
import { laufzettel, paper } from './papers.js';

const STEPS_IN_SIGHT = 3;

/** The card of a message, or null. `offer` makes the buttons that answer the message. */
export function renderCard(card, offer) {
  const render = card && KINDS[card.kind];
  return render ? el('section', { class: `card card-${card.kind}` }, render(card, offer)) : null;
}

const KINDS = {
  topic: (card) => [
    heading('h2', card.title),
    paragraphs(card.answer),
    card.notice && el('div', { class: 'notice' }, icon('info'), el('div', {}, paragraphs(card.notice))),
    card.waiting && el('div', { class: 'notice' }, icon('clock'), el('div', {}, paragraphs(card.waiting))),
    steps(card.steps ?? []),
    card.groups?.length > 0 && el('div', { class: 'groups' }, card.groups.map(({ who, text }) =>
      el('details', { class: 'folded' }, el('summary', {}, who), paragraphs(text)))),
    card.bring?.length > 0 && el('div', {}, say('h3', 'bring'),
      el('ul', { class: 'ticks' }, card.bring.map((thing) => el('li', {}, icon('check'), el('span', {}, thing))))),
    card.offices?.length > 0 && el('div', { class: 'offices' }, say('h3', 'where_to_go'), card.offices.map(office)),
    card.elsewhere && elsewhere(card.elsewhere),
    source(card),
    laufzettel(),
    printButton(),
  ].filter(Boolean).flat(),

  page: (card) => [
    card.note && el('div', { class: 'notice' }, icon('info'), el('div', {}, paragraphs(card.note))),
    el('div', { class: card.note && 'foreign', lang: card.lang, dir: card.dir }, heading('h2', card.title), paragraphs(card.passage)),
    webAddress(card.url) && el('p', {},
      el('a', { href: card.url, hreflang: card.lang, target: '_blank', rel: 'noopener noreferrer' }, card.open)),
    el('p', { class: 'muted' }, card.changed),
    printButton(),
  ].filter(Boolean),

  consent: (card) => [heading('h2', card.title), rows(card.rows)].filter(Boolean),

  readback: (card, offer) => [rows(card.rows, offer), paper(card.paper), file(card.file)].filter(Boolean),

  receipt: (card) => [
    say('h2', 'receipt_code'),
    code(card),
    card.appointment && appointment(card.appointment),
    card.next?.length > 0 && el('div', {}, heading('h3', card.next_title),
      el('ol', { class: 'steps track' }, card.next.map((step) => el('li', {}, step)))),
    card.withdraw && el('div', { class: 'aside' }, paragraphs(card.withdraw)),
    paper(card.paper),
    file(card.file),
    printButton(),
  ].filter(Boolean),

  status: (card) => [
    el('h2', { class: 'state' }, icon('info'), el('span', {}, card.state)),
    ...paragraphs(card.reason),
    card.appointment && appointment(card.appointment),
    card.changed && el('p', { class: 'muted' }, card.changed),
  ].filter(Boolean),

  emergency: (card) => (card.numbers ?? []).map(({ number, tel, label }) =>
    telephone(tel ?? number, { class: 'call' }, icon('phone'),
      el('span', {}, el('bdi', { class: 'call-number', dir: 'ltr' }, number), el('span', {}, label)))),
};

const heading = (tag, text) => text && el(tag, {}, text);

/** A file that the message carries: made when it is asked for, so that nothing is kept on the device unasked. */
function file(data) {
  if (!data) return null;
  const save = el('button', { type: 'button', class: 'link-button' }, data.title);
  save.addEventListener('click', () => {
    const address = URL.createObjectURL(new Blob([data.text], { type: data.type }));
    el('a', { href: address, download: data.name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  });
  return save;
}

function steps(all) {
  if (!all.length) return [];
  const items = all.map((step, index) => el('li', { hidden: index >= STEPS_IN_SIGHT }, stepText(step)));
  const list = el('ol', { class: 'steps' }, items);
  if (all.length <= STEPS_IN_SIGHT) return [say('h3', 'steps'), list];
  const more = el('button', { type: 'button', class: 'link-button', lang: language(), dir: direction() },
    t('steps_all', { count: all.length }));
  more.addEventListener('click', () => {
    for (const item of items) item.hidden = false;
    items[STEPS_IN_SIGHT].tabIndex = -1;
    items[STEPS_IN_SIGHT].focus();
    more.remove();
  });
  return [say('h3', 'steps'), list, more];
}

/** A step is a text, or a text with those who are competent before and after it. */
function stepText(step) {
  if (typeof step === 'string') return step;
  return [step.text, ...(step.who ?? []).map((line) => el('span', { class: 'line muted' }, line))];
}

function office(place) {
  return el('div', { class: 'office' },
    el('p', { class: 'office-name' }, german(place.name)),
    place.part_of && el('p', {}, german(place.part_of)),
    place.why?.length > 0 && el('p', { class: 'muted why' }, place.why.join(' · ')),
    fact('pin', address(place)),
    fact('info', german(place.directions)),
    mapLink(place.geo),
    fact('clock', (place.hours ?? []).map((line) => el('span', { class: 'line' }, line))),
    fact('interpreter', place.languages),
    fact('step_free', place.step_free),
    place.phone && telephone(place.phone_tel ?? place.phone, { class: 'choice choice-plain call-office' },
      icon('phone'), el('bdi', { dir: 'ltr' }, place.phone)),
    place.demo && el('p', { class: 'demo' }, icon('info'), el('span', {}, place.demo)));
}

/** The way to help for somebody who does not live here. */
function elsewhere({ text, name, url }) {
  const link = webAddress(url)
    ? el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, german(name))
    : german(name);
  return el('div', {}, say('h3', 'where_to_go'), el('div', { class: 'office' },
    paragraphs(text), el('p', { class: 'office-name' }, link)));
}

function address({ street, postal_code: code, city }) {
  const lines = [street, [code, city].filter(Boolean).join(' ')].filter(Boolean);
  return lines.map((line) => el('span', { class: 'line' }, german(line)));
}

/** A link that the device's own map application opens, when it is tapped; the page itself asks nobody for a map. */
function mapLink(geo) {
  return /^geo:[-\d.]+,[-\d.]+(\?q=[^&#]*)?$/.test(geo ?? '')
    && el('a', { class: 'choice choice-plain no-print', href: geo, rel: 'noopener noreferrer' }, icon('pin'), say('span', 'map'));
}

function fact(name, content) {
  const filled = Array.isArray(content) ? content.length > 0 : Boolean(content);
  return filled && el('p', { class: 'fact' }, icon(name), el('span', {}, content));
}

function source({ source: from, reviewed }) {
  if (!from && !reviewed) return null;
  const link = from && webAddress(from.url)
    ? el('a', { href: from.url, target: '_blank', rel: 'noopener noreferrer' }, german(from.name))
    : german(from?.name);
  return el('p', { class: 'muted' },
    link && [say('span', 'source'), ' ', link], link && reviewed && el('br'), reviewed);
}

function rows(list = [], offer = null) {
  return el('dl', { class: 'rows' }, list.map(({ label, value, lang, dir, change }) =>
    el('div', { class: 'row' },
      el('dt', {}, label),
      // A text in the message's own language takes its direction too; guessed, it would be that of a German name in front.
      el('dd', {}, el(dir ? 'bdi' : 'span', { lang, dir }, value)),
      change && offer && el('dd', { class: 'row-change' }, offer.button(change, `${change.title}: ${label}`)))));
}

function code(card) {
  const shown = el('bdi', { class: 'code', dir: 'ltr', lang: 'de' }, card.code);
  const said = el('span', { role: 'status' });
  const copy = el('button', { type: 'button', class: 'choice choice-plain' }, icon('copy'), el('span', {}, card.copy_label));
  copy.addEventListener('click', async () => {
    tell(said, await copied(shown) ? 'copied' : 'copy_failed');
  });
  return el('div', { class: 'code-box' }, shown, el('div', { class: 'beside' }, copy, said));
}

// The clipboard interface exists on secure origins only; elsewhere the old command still copies a selection.
async function copied(node) {
  try {
    await navigator.clipboard.writeText(node.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(node);
    return document.execCommand('copy');
  }
}

function appointment({ when, place, person, state, interpreter }) {
  return el('div', { class: 'office' },
    say('h3', 'appointment'),
    el('p', { class: 'office-name' }, when.split(' · ').map((part) => el('span', { class: 'line' }, part))),
    state && fact('info', state),
    place && fact('pin', [el('span', { class: 'line' }, german(place.name)), ...address(place)]),
    fact('people', person),
    fact('interpreter', interpreter),
    place?.demo && el('p', { class: 'demo' }, icon('info'), el('span', {}, place.demo)));
}

function printButton() {
  const button = el('button', { type: 'button', class: 'choice choice-plain no-print' }, icon('print'), say('span', 'print'));
  button.addEventListener('click', () => printOnly(button.closest('.message')));
  return button;
}

function printOnly(message) {
  const root = document.documentElement;
  root.classList.add('printing-one');
  message.classList.add('printed');
  addEventListener('afterprint', () => {
    root.classList.remove('printing-one');
    message.classList.remove('printed');
  }, { once: true });
  print();
}
