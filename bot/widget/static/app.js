import { deleteConversation, getConfig, getMessages, openConversation } from './api.js';
import { Composer } from './composer.js';
import { Conversation } from './conversation.js';
import { byId, el } from './dom.js';
import { Header } from './header.js';
import { direction, language, say, t, useLanguage } from './i18n.js';
import { icon } from './icons.js';
import { Outbox } from './outbox.js';
import { Picker } from './picker.js';
import { session } from './session.js';
import { hush } from './speech.js';

const DOTS_AFTER_MS = 400;
const HONEST_AFTER_MS = 5_000;
const RELOAD_AFTER_MS = 15_000;
// After as long the server forgets the answers, too (bot/domain/shared.yml).
const LEFT_ALONE_MS = 2 * 60 * 60 * 1_000;

class Chat {
  constructor(config) {
    this.config = config;
    this.outbox = new Outbox((item, answer) => this.deliver(item, answer));
    this.outbox.addEventListener('change', ({ detail }) => this.changed(detail));
    this.conversation = new Conversation(byId('log'), {
      answer: (body, titles, offer) => this.send(body, titles.join(', '), { focus: true, offer }),
      mend: (item, deed) => this.mend(item, deed),
    });
    this.composer = new Composer(byId('composer'), {
      limit: config.max_length ?? 2000,
      send: (text) => this.typed(text),
    });
    this.picker = new Picker(config.languages, (code) => this.begin(code));
    this.header = new Header(config, {
      changeLanguage: (code, name) => this.changeLanguage(code, name),
      command: (command, label) => this.send({ command }, label, { focus: true }),
      readLast: () => this.conversation.readLast(),
      forget: () => byId('forget').showModal(),
      leave: () => this.leave(),
    });
    this.offers = new Map();
    byId('forget-no').addEventListener('click', () => byId('forget').close());
    byId('forget-yes').addEventListener('click', () => this.forget());
    document.addEventListener('visibilitychange', () => this.returned());
    addEventListener('pageshow', () => this.returned());
  }

  /** On a shared device nobody finds what somebody else has left. */
  returned() {
    if (!document.hidden && leftAlone()) this.forget();
  }

  async start() {
    if (leftAlone()) this.forget();
    const code = session.get('language');
    if (!session.get('token') || !code) {
      this.picker.show();
      return;
    }
    await this.restore(code);
  }

  /** Open a conversation in a language, from the first screen or in place of one that has ended. */
  async begin(code) {
    await useLanguage(code);
    const messages = await openConversation(code);
    session.set('language', code);
    session.set('used', Date.now());
    this.conversation.clear();
    this.picker.hide();
    this.composer.fit();
    this.conversation.receive(messages, { focus: true });
  }

  async restore(code) {
    try {
      await useLanguage(code);
    } catch {
      this.picker.show();
      return;
    }
    this.picker.hide();
    this.composer.fit();
    try {
      const { messages, language: now } = await getMessages();
      await turnTo(now);
      byId('log').replaceChildren();
      this.conversation.restore(messages);
      this.resume();
    } catch ({ code: reason }) {
      this.trouble(reason, () => this.restore(code));
    }
  }

  /** What was on its way when the page closed goes out again; the server knows it by its id. */
  resume() {
    const { items } = this.outbox;
    for (const item of items.filter(({ id }) => !this.conversation.has(id))) this.conversation.say(item);
    for (const item of items) this.conversation.mark(item);
    this.outbox.flush();
  }

  /** A trouble that is about no message in particular: said in the log, with what to do about it. */
  trouble(reason, again) {
    const gone = reason === 'unknown_conversation';
    const button = el('button', { type: 'button', class: 'choice choice-plain' },
      icon('again'), el('span', {}, t(gone ? 'deed_anew' : 'deed_retry')));
    const note = el('div', { class: 'standing failure', lang: language(), dir: direction() },
      el('p', {}, icon('alert'), el('span', {}, t(reason === 'network' ? 'offline' : `error_${reason}`))), button);
    const act = () => {
      removeEventListener('online', act);
      note.remove();
      if (gone) this.anew(this.outbox.items);
      else again();
    };
    button.addEventListener('click', act);
    if (reason === 'network') addEventListener('online', act, { once: true });
    byId('log').append(note);
  }

  typed(text) {
    const button = this.conversation.offer?.match(text);
    if (button) button.click();
    else this.send({ text }, text);
  }

  send(body, shown, { focus = false, offer = null } = {}) {
    session.set('used', Date.now());
    const item = this.outbox.add(body, shown);
    item.lang = language();
    this.offers.set(item.id, offer);
    this.conversation.say(item, { focus });
    this.outbox.flush();
  }

  async changeLanguage(code, name) {
    if (code === language()) return;
    await turnTo(code);
    this.send({ language: code }, name, { focus: true });
  }

  async deliver({ body }, { messages, language: now }) {
    await turnTo(now ?? body.language);
    // What the server has deleted does not stay on the screen either.
    const forgotten = messages.some(({ args }) => args?.forgotten);
    if (forgotten) this.conversation.clear();
    this.conversation.receive(messages, { focus: forgotten });
  }

  changed(item) {
    const unsent = this.outbox.items.some(({ state }) => state === 'unsent');
    const line = unsent || !navigator.onLine ? t('offline') : '';
    // Said once: setting the same words again would have a screen reader repeat them.
    if (byId('connection').textContent !== line) byId('connection').textContent = line;
    if (item) this.conversation.mark(item);
    this.wait(this.outbox.busy && !unsent);
  }

  /** Dots when an answer does not come at once, an honest sentence when it takes long. */
  wait(waiting) {
    if (!waiting) {
      this.timers?.forEach(clearTimeout);
      this.timers = null;
      byId('waiting').hidden = true;
      byId('waiting-text').textContent = '';
    } else if (!this.timers) {
      this.timers = [
        setTimeout(() => {
          byId('waiting').hidden = false;
          byId('waiting').scrollIntoView({ block: 'nearest' });
        }, DOTS_AFTER_MS),
        setTimeout(() => {
          byId('waiting-text').replaceChildren(say('span', 'still_working'));
        }, HONEST_AFTER_MS),
      ];
    }
  }

  mend(item, deed) {
    if (deed === 'retry') {
      this.outbox.retry(item);
      return;
    }
    if (deed === 'anew') {
      this.anew(this.outbox.items);
      return;
    }
    this.outbox.drop(item);
    this.conversation.remove(item);
    if (deed === 'edit') this.composer.restore(item.shown);
    if (deed === 'reopen') this.conversation.reopen(this.offers.get(item.id));
  }

  /** A new conversation in the same language. What was typed and never arrived is given back, not sent unasked. */
  async anew(items) {
    const typed = items.map(({ body }) => body.text).filter(Boolean).join('\n');
    try {
      await this.begin(language());
    } catch ({ code }) {
      this.trouble(code, () => this.anew(items));
      return;
    }
    this.outbox.clear();
    if (typed) this.composer.restore(typed);
  }

  forget() {
    hush();
    this.outbox.clear();
    this.composer.clear();
    this.conversation.clear();
    deleteConversation();
    session.clear();
    byId('forget').close();
    this.picker.show({ focus: true });
  }

  /** Leave no word on the screen and nothing on the device, before the other page has even begun to load. */
  leave() {
    deleteConversation();
    session.end();
    hush();
    document.title = '';
    document.body.replaceChildren();
    location.replace(this.config.quick_exit_url || 'about:blank');
  }
}

/** The page follows the conversation's language; where its sentences do not come, the old ones stay until the next answer. */
async function turnTo(code) {
  if (!code) return;
  session.set('language', code);
  await useLanguage(code).catch(() => null);
}

function leftAlone() {
  const used = session.get('used');
  return used !== null && Date.now() - used > LEFT_ALONE_MS;
}

async function boot() {
  const config = await getConfig();
  const { name } = config.service;
  for (const node of document.querySelectorAll('[data-service]')) node.textContent = name;
  document.title = name;
  await new Chat(config).start();
}

for (const node of document.querySelectorAll('[data-icon]')) node.append(icon(node.dataset.icon));
boot().catch(() => {
  // Without the configuration there are no words yet; the numbers on the page stand there by themselves.
  setTimeout(() => location.reload(), RELOAD_AFTER_MS);
});
