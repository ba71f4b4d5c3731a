import { language } from './i18n.js';
import { session } from './session.js';

const synthesis = globalThis.speechSynthesis ?? null;

/** Whether this device itself can read the current language aloud. */
export const canSpeak = () => voiceFor(language()) !== undefined;

export const speaking = () => session.get('speech') === true;

export function setSpeaking(on) {
  session.set('speech', on);
  if (!on) synthesis?.cancel();
}

export function onVoices(listener) {
  synthesis?.addEventListener?.('voiceschanged', listener);
}

/** Read a message aloud in its own language: its text, its card, and what can be tapped; no page in another language. */
export function speak(message, element) {
  const voice = speaking() && voiceFor(message.lang);
  if (!voice) return;
  const utterance = new SpeechSynthesisUtterance(readable(element));
  utterance.voice = voice;
  utterance.lang = voice.lang;
  utterance.rate = 0.9;
  synthesis.speak(utterance);
}

export const hush = () => synthesis?.cancel();

// A voice that is not local sends the text to its maker's servers.
function voiceFor(code) {
  return synthesis?.getVoices().find(({ lang, localService }) => localService && lang.split(/[-_]/)[0] === code.split('-')[0]);
}

function readable(element) {
  const copy = element.cloneNode(true);
  for (const node of copy.querySelectorAll('.visually-hidden, details, .muted, [hidden], .hint, .foreign')) node.remove();
  const blocks = 'p, h2, h3, li, dt, dd, .code, button, a.call';
  return Array.from(copy.querySelectorAll(blocks))
    .filter((node) => !node.parentElement.closest(blocks))
    .map((node) => node.textContent).join('\n');
}
