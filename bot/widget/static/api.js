import { session } from './session.js';

const TIMEOUT_MS = 30_000;
const CODE_OF_STATUS = {
  400: 'bad_request', 401: 'unknown_conversation', 403: 'choice_not_offered', 413: 'too_long', 429: 'too_many',
};
const CODES = new Set(Object.values(CODE_OF_STATUS));

/** A call that brought no answer. `code` is one of the protocol's, or `network` when the server was not reached. */
export class ApiError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export const getConfig = () => call('GET', 'config.json');
export const getStrings = (code) => call('GET', `ui/${encodeURIComponent(code)}.json`);
export const getMessages = () => call('GET', 'messages');
export const postMessage = (body) => call('POST', 'messages', body);

/** A paper (`laufzettel`, `receipt`) made of these messages, as a Blob. */
export async function getPaper(name, ids) {
  const response = await reach('GET', `documents/${name}.pdf?${new URLSearchParams(ids.map((id) => ['message', id]))}`);
  if (response.ok) return response.blob();
  throw new ApiError(codeOf(response, await response.json().catch(() => null)));
}

/** Open a conversation and remember its token. Resolves to the greeting. */
export async function openConversation(language) {
  const { token, messages } = await call('POST', 'conversations', { language });
  session.set('token', token);
  return messages;
}

/** Delete the conversation where it is kept, too. Nobody waits for it, not even the page; what fails goes with its time. */
export function deleteConversation() {
  const token = session.get('token');
  if (!token) return;
  const headers = { Authorization: `Bearer ${token}` };
  fetch('messages', { method: 'DELETE', headers, credentials: 'omit', keepalive: true }).catch(() => null);
}

async function call(method, path, body) {
  const response = await reach(method, path, body);
  const content = await response.json().catch(() => null);
  if (response.ok && content) return content;
  throw new ApiError(codeOf(response, content));
}

async function reach(method, path, body) {
  const headers = {};
  const token = session.get('token');
  if (token && /^(messages|documents)\b/.test(path)) headers.Authorization = `Bearer ${token}`;
  if (body) headers['Content-Type'] = 'application/json';
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
  try {
    return await fetch(path, {
      method, headers, body: body && JSON.stringify(body), credentials: 'omit', signal: limit.signal,
    });
  } catch {
    // A server that was reached but never answered may have the message: that is not "not sent yet".
    throw new ApiError(limit.signal.aborted ? 'unavailable' : 'network');
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(response, content) {
  const said = content?.error?.code;
  return CODES.has(said) ? said : CODE_OF_STATUS[response.status] ?? 'unavailable';
}
