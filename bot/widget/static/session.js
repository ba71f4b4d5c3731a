// What this device remembers lives in sessionStorage alone: it ends with the tab, which matters on a shared phone.
// Browsers that forbid storage get a memory that ends with the page.

const PREFIX = 'lotse.';
const memory = new Map();
let ended = false;

export const session = {
  get(key) {
    try {
      return JSON.parse(sessionStorage.getItem(PREFIX + key));
    } catch {
      return memory.get(key) ?? null;
    }
  },

  set(key, value) {
    if (ended) return;
    memory.set(key, value);
    try {
      sessionStorage.setItem(PREFIX + key, JSON.stringify(value));
    } catch {
      // The memory above already holds it.
    }
  },

  clear() {
    memory.clear();
    try {
      sessionStorage.clear();
    } catch {
      // Nothing was stored there either.
    }
  },

  /** Forget everything, and let nothing that is still under way write it back. */
  end() {
    ended = true;
    this.clear();
  },
};
