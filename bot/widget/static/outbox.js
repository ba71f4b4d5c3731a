import { ApiError, postMessage } from './api.js';
import { session } from './session.js';

const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 30_000;

/**
 * Sends what the person said, in order, one at a time. What finds no connection waits and goes out again by itself;
 * what the server refused waits for the person. The id stays the same throughout, so the server acts on it once.
 *
 * An item: {id, body, shown, state: "waiting" | "unsent" | "failed", code, tries}; it survives a reload.
 */
export class Outbox extends EventTarget {
  #items = session.get('outbox') ?? [];
  #running = false;
  #timer = 0;
  #delay = FIRST_DELAY_MS;

  /** `deliver(item, answer)` shows an answer before the next item goes out. */
  constructor(deliver) {
    super();
    this.deliver = deliver;
    addEventListener('online', () => this.flush());
    addEventListener('offline', () => this.#changed());
  }

  get items() {
    return this.#items;
  }

  get busy() {
    return this.#running;
  }

  add(body, shown) {
    const item = { id: uuid(), body, shown, state: 'waiting', code: null, tries: 0 };
    this.#items.push(item);
    this.#changed(item);
    return item;
  }

  retry(item) {
    item.state = 'waiting';
    this.#changed(item);
    this.flush();
  }

  drop(item) {
    this.#items = this.#items.filter((other) => other !== item);
    this.#changed();
  }

  clear() {
    clearTimeout(this.#timer);
    this.#items = [];
    this.#changed();
  }

  async flush() {
    clearTimeout(this.#timer);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let item = this.#next(); item; item = this.#next()) {
        if (!await this.#send(item)) break;
      }
    } finally {
      this.#running = false;
      this.#changed();
    }
  }

  #next() {
    return this.#items.find((item) => item.state !== 'failed');
  }

  async #send(item) {
    this.#changed(item);
    const again = item.tries > 0 ? { retry: true } : {};
    item.tries += 1;
    let answer;
    try {
      answer = await postMessage({ id: item.id, ...item.body, ...again });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return this.#refused(item, error.code);
    }
    if (!this.#items.includes(item)) return true;
    this.#delay = FIRST_DELAY_MS;
    item.state = 'sent';
    this.drop(item);
    this.#changed(item);
    await this.deliver(item, answer);
    return true;
  }

  #refused(item, code) {
    item.code = code;
    if (code !== 'network') {
      item.state = 'failed';
      this.#changed(item);
      return true;
    }
    for (const held of this.#items.filter(({ state }) => state !== 'failed')) {
      held.state = 'unsent';
      this.#changed(held);
    }
    this.#timer = setTimeout(() => this.flush(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
    return false;
  }

  #changed(item = null) {
    session.set('outbox', this.#items);
    this.dispatchEvent(new CustomEvent('change', { detail: item }));
  }
}

// randomUUID exists on secure origins only, and a municipality may try the service on a plain one.
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
