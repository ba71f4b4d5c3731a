import { byId, el, telephone } from './dom.js';
import { language, t } from './i18n.js';
import { icon } from './icons.js';
import { canSpeak, onVoices, setSpeaking, speaking } from './speech.js';

const COMMAND_ICONS = {
  menu: 'home', my_data: 'lock', easier: 'easier', emergency: 'alert', status: 'receipt', human: 'people',
};
const ESCAPES = 3;
const ESCAPES_WITHIN_MS = 1_500;

/** The bar above the talk: language, menu, and the way out. */
export class Header {
  constructor(config, { changeLanguage, command, readLast, forget, leave }) {
    this.config = config;
    this.deeds = { changeLanguage, command, readLast, forget };
    this.languages = new Disclosure(byId('language-button'), byId('language-list'));
    this.menu = new Disclosure(byId('menu-button'), byId('menu-list'));
    byId('leave').addEventListener('click', leave);
    leaveOnEscapes(leave);
    document.addEventListener('languagechanged', () => this.#render());
    onVoices(() => this.#render());
  }

  #render() {
    const current = this.config.languages.find(({ code }) => code === language());
    const label = byId('language-current');
    label.textContent = current?.name ?? language();
    label.lang = language();
    this.languages.fill(this.config.languages.map(({ code, name, dir }) =>
      this.#entry(this.languages, el('bdi', { dir }, name), code === language() ? 'check' : null,
        () => this.deeds.changeLanguage(code, name),
        { lang: code, 'aria-current': code === language() ? 'true' : null })));
    this.menu.fill([...this.#commands(), this.#reader(), this.#forget(), emergencyNumbers()].filter(Boolean));
  }

  #commands() {
    return (this.config.commands ?? []).filter((name) => t(`command_${name}`)).map((name) =>
      this.#entry(this.menu, t(`command_${name}`), COMMAND_ICONS[name],
        () => this.deeds.command(name, t(`command_${name}`))));
  }

  #reader() {
    if (!canSpeak()) return null;
    const state = el('span', { class: 'box' }, icon('check'));
    const button = el('button', { type: 'button', class: 'entry', 'aria-pressed': String(speaking()) },
      icon('sound'), el('span', {}, t('read_aloud')), state);
    button.addEventListener('click', () => {
      setSpeaking(!speaking());
      button.setAttribute('aria-pressed', String(speaking()));
      if (speaking()) this.deeds.readLast();
    });
    return el('li', {}, button);
  }

  #forget() {
    return this.#entry(this.menu, t('forget'), 'trash', this.deeds.forget);
  }

  #entry(disclosure, text, name, deed, attributes = {}) {
    const button = el('button', { type: 'button', class: 'entry', ...attributes },
      icon(name) ?? el('span', { class: 'icon' }), el('span', {}, text));
    button.addEventListener('click', () => {
      disclosure.close();
      deed();
    });
    return el('li', {}, button);
  }
}

// They stand here for anybody without a connection: dialling needs none.
function emergencyNumbers() {
  return el('li', { class: 'entry emergency-entry' }, icon('phone'), telephone('112', {}, '112'), telephone('110', {}, '110'));
}

/** A button that shows and hides a list. Escape, a tap elsewhere and leaving it by keyboard close it. */
class Disclosure {
  constructor(button, list) {
    this.button = button;
    this.list = list;
    button.addEventListener('click', () => this.#show(list.hidden));
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape' && !list.hidden) this.close();
    });
    button.parentElement.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget && !button.parentElement.contains(relatedTarget)) this.#show(false);
    });
    document.addEventListener('pointerdown', ({ target }) => {
      if (!button.parentElement.contains(target)) this.#show(false);
    });
  }

  fill(items) {
    this.list.replaceChildren(...items);
  }

  close() {
    this.#show(false);
    this.button.focus({ preventScroll: true });
  }

  #show(open) {
    this.list.hidden = !open;
    this.button.setAttribute('aria-expanded', String(open));
  }
}

function leaveOnEscapes(leave) {
  let pressed = [];
  document.addEventListener('keydown', ({ key, repeat, timeStamp }) => {
    if (repeat) return;
    pressed = key === 'Escape' ? [...pressed, timeStamp].filter((at) => timeStamp - at < ESCAPES_WITHIN_MS) : [];
    if (pressed.length >= ESCAPES) leave();
  }, { capture: true });
}
