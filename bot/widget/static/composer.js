import { byId } from './dom.js';
import { t } from './i18n.js';
import { session } from './session.js';

const ROWS = 4;
const COUNT_FROM = 200;

/** Where one types. It can always be typed in, and what was typed stays until it has been handed over. */
export class Composer {
  constructor(form, { limit, send }) {
    this.field = byId('text');
    this.counter = byId('counter');
    this.limit = limit;
    this.send = send;
    this.field.maxLength = limit;
    this.field.value = session.get('draft') ?? '';
    form.addEventListener('submit', (event) => this.#submit(event));
    this.field.addEventListener('input', () => this.#changed());
    document.addEventListener('languagechanged', () => this.fit());
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#submit(event);
    });
  }

  /** Give a text back to be changed, before anything typed since. */
  restore(text) {
    this.#set([text, this.field.value].filter((part) => part.trim()).join('\n').slice(0, this.limit));
    this.field.focus();
  }

  clear() {
    this.#set('');
  }

  /** Fit the field to its text, and tell how much room is left near the end. */
  fit() {
    const { field } = this;
    field.style.height = 'auto';
    const line = parseFloat(getComputedStyle(field).lineHeight) || 24;
    const frame = field.offsetHeight - field.clientHeight;
    const padding = field.clientHeight - field.rows * line;
    field.style.height = `${Math.min(field.scrollHeight, ROWS * line + padding) + frame}px`;
    const left = this.limit - field.value.length;
    this.counter.textContent = left <= Math.min(COUNT_FROM, this.limit / 4) ? t('characters_left', { count: left }) : '';
  }

  #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (text) {
      this.#set('');
      this.send(text);
    }
    this.field.focus();
  }

  #set(text) {
    this.field.value = text;
    this.#changed();
  }

  #changed() {
    session.set('draft', this.field.value);
    this.fit();
  }
}
