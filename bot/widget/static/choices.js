import { el } from './dom.js';
import { say, tell } from './i18n.js';
import { icon } from './icons.js';

/**
 * What a message offers to tap: its choices, its toggles and the change buttons of a read-back.
 * `choose(body, titles, offer)` is called once; afterwards the offer shows what was chosen and accepts nothing.
 */
export class Offer {
  #buttons = new Map();
  #picked = new Set();
  #open = true;

  constructor(message, choose) {
    this.message = message;
    this.choose = choose;
    this.element = message.choices?.length ? this.#render() : null;
  }

  get empty() {
    return this.#buttons.size === 0;
  }

  get open() {
    return this.#open && !this.empty;
  }

  /** A button for a choice that a card shows in a place of its own. */
  button(choice, label) {
    const button = el('button', { type: 'button', class: 'choice choice-small', 'aria-label': label },
      icon('edit'), el('span', {}, choice.title));
    button.addEventListener('click', () => this.#send({ choice: choice.token }, [{ ...choice, title: label }]));
    this.#buttons.set(choice, button);
    return button;
  }

  /** The button that a typed text means: its title, or its number among the answers. */
  match(text) {
    const wanted = normalise(text);
    const named = [...this.#buttons.keys()].find((choice) => this.#beneath(choice) && normalise(choice.title) === wanted);
    // "Skip" and "back" have no number: "1" may well be the answer to the question itself.
    const numbered = (this.message.choices ?? []).filter(({ style }) => style !== 'quiet');
    return this.#buttons.get(named ?? (/^\d+$/.test(wanted) ? numbered[Number(wanted) - 1] : null)) ?? null;
  }

  /** Close the offer and show `tokens` as the answer. Several that were never chosen need not be kept in sight. */
  settle(tokens = []) {
    this.#open = false;
    this.element?.classList.add('settled');
    for (const [choice, button] of this.#buttons) {
      const chosen = tokens.includes(choice.token);
      button.disabled = true;
      button.classList.toggle('chosen', chosen);
      if (this.#beneath(choice)) button.hidden = !chosen && choice.style !== 'equal';
    }
    if (this.hint) this.hint.hidden = true;
    if (this.element) this.element.hidden = [...this.#buttons.values()].every(({ hidden }) => hidden);
  }

  /** Close it by what the person is known to have answered, after a reload. */
  settleBy(text) {
    const said = normalise(text);
    const known = [...this.#buttons.keys()].filter(({ token }) => token);
    const meant = this.message.select
      ? known.filter(({ title }) => said.includes(normalise(title)))
      : known.filter(({ title }) => said === normalise(title));
    this.settle(meant.map(({ token }) => token));
  }

  reopen() {
    this.#open = true;
    this.element?.classList.remove('settled');
    if (this.element) this.element.hidden = false;
    for (const button of this.#buttons.values()) {
      button.disabled = false;
      button.hidden = false;
      button.classList.remove('chosen');
    }
    if (this.hint) this.hint.hidden = false;
  }

  // The rows of a read-back all have the same "change"; only buttons below the message can be meant by their words.
  #beneath(choice) {
    return Boolean(this.element?.contains(this.#buttons.get(choice)));
  }

  #render() {
    const { choices, select } = this.message;
    const group = el('div', { class: 'choices', role: 'group' });
    if (!select) {
      const rows = { equal: el('div', { class: 'pair' }), quiet: el('div', { class: 'quiet-row' }) };
      for (const choice of choices) (rows[choice.style] ?? group).append(this.#single(choice));
      group.append(...Object.values(rows).filter((row) => row.childElementCount));
      return group;
    }
    const quiet = choices.filter(({ style }) => style === 'quiet');
    group.append(
      ...choices.filter((choice) => !quiet.includes(choice)).map((choice) => this.#toggle(choice)),
      this.hint = say('p', 'selected', { class: 'hint', role: 'status' }, { count: 0 }),
      this.#submit(select),
      ...(select.none ? [this.#single({ style: '', ...select.none })] : []),
      el('div', { class: 'quiet-row' }, quiet.map((choice) => this.#single(choice))),
    );
    return group;
  }

  #single(choice) {
    const style = ['primary', 'equal', 'quiet'].includes(choice.style) ? choice.style : 'plain';
    const button = el('button', { type: 'button', class: `choice choice-${style}` },
      icon(choice.icon), el('span', {}, choice.title), tick());
    button.addEventListener('click', () => this.#send({ choice: choice.token }, [choice]));
    this.#buttons.set(choice, button);
    return button;
  }

  #toggle(choice) {
    const button = el('button', { type: 'button', class: 'choice choice-toggle', 'aria-pressed': 'false' },
      icon(choice.icon), el('span', {}, choice.title), el('span', { class: 'box' }, icon('check')));
    button.addEventListener('click', () => {
      const on = !this.#picked.has(choice);
      if (on) this.#picked.add(choice);
      else this.#picked.delete(choice);
      button.setAttribute('aria-pressed', String(on));
      tell(this.hint, 'selected', { count: this.#picked.size });
    });
    this.#buttons.set(choice, button);
    return button;
  }

  #submit({ min = 1, submit }) {
    const choice = { title: submit, token: null };
    const button = el('button', { type: 'button', class: 'choice choice-primary' }, el('span', {}, submit));
    button.addEventListener('click', () => {
      const picked = this.message.choices.filter((one) => this.#picked.has(one));
      if (picked.length < min) tell(this.hint, 'select_more', { min });
      else this.#send({ choices: picked.map(({ token }) => token) }, picked);
    });
    this.#buttons.set(choice, button);
    return button;
  }

  #send(body, chosen) {
    if (!this.#open) return;
    this.settle(chosen.map(({ token }) => token));
    this.choose(body, chosen.map(({ title }) => title), this);
  }
}

const tick = () => el('span', { class: 'tick' }, icon('check'));

// What people type differs from a button in case, spacing, a full stop, the isolating characters around foreign
// words, and the digits of their keyboard.
function normalise(text) {
  return (text ?? '').normalize('NFKC')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    .toLowerCase().replace(/[.!?؟。]+$/u, '').replace(/\s+/g, ' ').trim();
}
