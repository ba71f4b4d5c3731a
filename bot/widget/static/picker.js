import { byId, el } from './dom.js';
import { say } from './i18n.js';
import { icon } from './icons.js';

/**
 * The first screen: each language in its own name and script, and no word that would need translating.
 * `pick(code)` rejects when the server cannot be reached; then the same button is offered once more.
 */
export class Picker {
  constructor(languages, pick) {
    this.pick = pick;
    this.problem = byId('picker-problem');
    this.list = byId('picker-languages');
    this.list.append(...languages.map((one) => el('li', {}, this.#button(one))));
  }

  show({ focus = false } = {}) {
    this.problem.hidden = true;
    byId('chat').hidden = true;
    byId('picker').hidden = false;
    if (focus) this.list.querySelector('button')?.focus();
  }

  hide() {
    byId('picker').hidden = true;
    byId('chat').hidden = false;
  }

  #button({ code, name, dir }, symbol = null) {
    const button = el('button', { type: 'button', class: 'choice choice-language', lang: code, dir },
      icon(symbol), el('span', {}, name));
    button.addEventListener('click', () => this.#picked({ code, name, dir }));
    return button;
  }

  async #picked(one) {
    if (this.busy) return;
    this.busy = true;
    this.problem.hidden = true;
    this.list.setAttribute('aria-busy', 'true');
    try {
      await this.pick(one.code);
    } catch {
      this.problem.replaceChildren(icon('offline'), say('span', 'error_start'), this.#button(one, 'again'));
      this.problem.hidden = false;
    } finally {
      this.busy = false;
      this.list.removeAttribute('aria-busy');
    }
  }
}
