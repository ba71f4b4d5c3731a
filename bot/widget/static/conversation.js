import { renderCard } from './cards.js';
import { Offer } from './choices.js';
import { el, paragraphs } from './dom.js';
import { direction, language, say, t } from './i18n.js';
import { icon } from './icons.js';
import { hush, speak } from './speech.js';

/** The log: what both sides said, in order, and the one offer that can be answered now. */
export class Conversation {
  #seen = new Set();
  #own = new Map();
  #offer = null;
  #last = null;

  /** `answer(body, titles, offer)` is told what was tapped; `mend(item, deed)` what to do with a message that failed. */
  constructor(log, { answer, mend }) {
    this.log = log;
    this.answer = answer;
    this.mend = mend;
  }

  /** The offer that can be answered now, if there is one. */
  get offer() {
    return this.#offer?.open ? this.#offer : null;
  }

  /** Accept an answer to an offer again, unless the talk has moved on. */
  reopen(offer) {
    if (offer === this.#offer) offer.reopen();
  }

  /** Read the newest message aloud, for somebody who has just asked for it. */
  readLast() {
    if (this.#last) speak(...this.#last);
  }

  has(id) {
    return this.#seen.has(id);
  }

  clear() {
    this.log.replaceChildren();
    this.#seen.clear();
    this.#own.clear();
    this.#last = null;
    this.#offer = null;
  }

  /** Show what was said before. Nobody wants the whole of it read out again. */
  restore(messages) {
    this.log.setAttribute('aria-live', 'off');
    for (const message of messages) {
      if (message.from === 'person') {
        this.#offer?.settleBy(message.text);
        this.#add(message, this.#person(message));
      } else {
        this.#bot(message);
      }
    }
    this.log.lastElementChild?.scrollIntoView({ block: 'start' });
    requestAnimationFrame(() => this.log.setAttribute('aria-live', 'polite'));
  }

  /** Show the answers to one message, and bring the beginning of them into view. */
  receive(messages, { focus = false } = {}) {
    hush();
    const fresh = messages.filter(({ id, from }) => from === 'bot' && !this.#seen.has(id));
    const shown = fresh.map((message) => {
      const element = this.#bot(message);
      speak(message, element);
      return element;
    });
    // Somebody whose button has gone has the focus on the own message: it stays in sight, above the answer.
    const own = shown[0]?.previousElementSibling;
    (own?.matches('.person:focus') ? own : shown[0])?.scrollIntoView({ block: 'start' });
    if (focus) focusOn(shown[0]);
  }

  /** Show what the person says. `focus` keeps the place of somebody whose button has just gone. */
  say(item, { focus = false } = {}) {
    const element = this.#person({ id: item.id, text: item.shown, lang: item.lang, dir: 'auto' });
    this.#own.set(item.id, element);
    this.#add(item, element);
    if (focus) focusOn(element);
    element.scrollIntoView({ block: 'nearest' });
  }

  /** Show under the person's own message where it stands. */
  mark(item) {
    const element = this.#own.get(item.id);
    if (!element || element.dataset.state === item.state) return;
    element.dataset.state = item.state;
    element.querySelector('.standing')?.remove();
    if (item.state === 'unsent') element.append(say('p', 'unsent', { class: 'standing' }));
    if (item.state === 'failed') element.append(this.#failure(item));
    if (item.state !== 'sent') element.scrollIntoView({ block: 'nearest' });
  }

  remove(item) {
    this.#own.get(item.id)?.remove();
  }

  #add(message, element) {
    this.#seen.add(message.id);
    this.log.append(element);
    return element;
  }

  #person({ text, lang, dir }) {
    return el('div', { class: 'message person', lang, dir: direction() }, this.#speaker('person'),
      el('div', { class: 'bubble', dir }, paragraphs(text)));
  }

  #bot(message) {
    const offer = new Offer(message, this.answer);
    const card = renderCard(message.card, offer);
    const text = message.text?.trim() && el('div', { class: message.progress ? 'bubble bubble-question' : 'bubble' },
      progress(message.progress), paragraphs(message.text));
    // In an emergency the numbers come before any sentence.
    const body = message.card?.kind === 'emergency' ? [card, text] : [text, card];
    const element = el('div', { class: 'message bot', 'data-id': message.id, lang: message.lang, dir: message.dir }, this.#speaker('bot'),
      body, folded('why', message.why), folded('german', message.german, { lang: 'de', dir: 'ltr' }), offer.element);
    if (!offer.empty) {
      if (this.#offer?.open) this.#offer.settle();
      this.#offer = offer;
    }
    this.#last = [message, element];
    return this.#add(message, element);
  }

  #speaker(who) {
    return say('p', `speaker_${who}`, { class: 'visually-hidden' });
  }

  #failure(item) {
    const deed = DEEDS[item.code] ?? 'retry';
    const button = el('button', { type: 'button', class: 'choice choice-plain' },
      icon(deed === 'retry' ? 'again' : 'edit'), el('span', {}, t(`deed_${deed}`)));
    button.addEventListener('click', () => this.mend(item, deed));
    return el('div', { class: 'standing failure', lang: language(), dir: direction() },
      el('p', {}, icon('alert'), el('span', {}, t(`error_${item.code}`))), button);
  }
}

function focusOn(element) {
  if (!element) return;
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/** What helps against a refusal; everything else is worth another try. */
const DEEDS = { unknown_conversation: 'anew', too_long: 'edit', choice_not_offered: 'reopen' };

function progress(at) {
  return at && el('div', { class: 'progress' }, say('span', 'progress', {}, at),
    el('progress', { value: at.step, max: at.of, 'aria-hidden': 'true' }));
}

function folded(key, text, attributes = {}) {
  return text && el('details', { class: `folded folded-${key}` }, say('summary', key),
    el('div', attributes, paragraphs(text)));
}
