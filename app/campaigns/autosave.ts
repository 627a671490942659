/** What a save answers: see saveEmailStep and saveAudience. */
export type SaveReply<Extra> =
  | ({ ok: true; version: string | number; savedAt: string } & Extra)
  | { ok: false; reason: 'conflict'; by: string; at: string }
  | { ok: false; reason: 'launched' }
  | { ok: false; reason: 'invalid'; errors: Record<string, string> };

export type SaveState =
  | { kind: 'saved'; at: string | null }
  | { kind: 'saving' }
  /** The server could not be reached or did not answer well; it is tried again by itself. */
  | { kind: 'failed'; message: string }
  | { kind: 'conflict'; by: string; at: string }
  | { kind: 'launched' }
  | { kind: 'invalid'; errors: Record<string, string> };

type Options<Extra> = {
  url: string;
  version: string | number;
  /** Said along with every save. */
  step: string;
  savedAt: string | null;
  onState: (state: SaveState) => void;
  onSaved?: (reply: Extra) => void;
  delayMs?: number;
};

/** How long until a failed save is tried again: sooner at first. */
const RETRY_MS = [1_000, 3_000, 8_000];

/**
 * Saves what changes as it changes: after a pause, latest state only, one save under way at a time. Nothing that was handed
 * over is dropped: a failed save is tried again, a refused one keeps its content (`unsaved`) until somebody decides.
 * It knows nothing of React, so that a change which arrives while its page goes is still saved.
 */
export function createAutosave<Value extends object, Extra>(options: Options<Extra>) {
  let version = options.version;
  let waiting: Partial<Value> | null = null;
  let running: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let state: SaveState = { kind: 'saved', at: options.savedAt };
  let gone = false;
  const set = (next: SaveState) => {
    state = next;
    if (!gone) options.onState(next);
  };
  const stopped = () => state.kind === 'conflict' || state.kind === 'launched';

  async function send(): Promise<void> {
    clearTimeout(timer);
    if (running) await running;
    if (!waiting || stopped()) return;
    const value = waiting;
    waiting = null;
    set({ kind: 'saving' });
    running = post(value).finally(() => (running = null));
    await running;
  }

  async function post(value: Partial<Value>): Promise<void> {
    const keep = () => (waiting = { ...value, ...waiting });
    const body = JSON.stringify({ step: options.step, version, value });
    const answer = await ask(options.url, body, gone);
    if (!answer.ok) {
      keep();
      set({ kind: 'failed', message: answer.message });
      timer = setTimeout(() => void send(), RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
      failures += 1;
      return;
    }
    failures = 0;
    const reply = answer.reply as SaveReply<Extra>;
    if (reply.ok) {
      version = reply.version;
      set({ kind: 'saved', at: reply.savedAt });
      if (gone) window.dispatchEvent(new Event(SAVED_LATE));
      else options.onSaved?.(reply);
    } else {
      keep();
      if (reply.reason === 'invalid') set({ kind: 'invalid', errors: reply.errors });
      else if (reply.reason === 'launched') set({ kind: 'launched' });
      else set({ kind: 'conflict', by: reply.by, at: reply.at });
    }
  }

  return {
    /** Hands over what changed; the rest stays. */
    push(value: Partial<Value>) {
      waiting = { ...waiting, ...value };
      if (stopped()) return;
      if (state.kind !== 'failed') set({ kind: 'saving' });
      clearTimeout(timer);
      timer = setTimeout(() => void send(), gone ? 0 : (options.delayMs ?? 600));
    },
    /** Saves at once what waits. Resolves when it is through, or failed. */
    flush: () => send(),
    /** What was handed over and is not saved. */
    unsaved: () => waiting,
    /** Gives up what was not saved. */
    discard() {
      clearTimeout(timer);
      waiting = null;
    },
    isClean: () => waiting === null && running === null,
    /** The page goes; what waits is sent on its way. */
    close() {
      void send();
      gone = true;
    },
    open() {
      gone = false;
    },
  };
}

export type Autosave<Value extends object> = ReturnType<typeof createAutosave<Value, unknown>>;

/** Tells the page that came after that something was saved since it was loaded. */
export const SAVED_LATE = 'fieldpost:saved-late';

type Answer = { ok: true; reply: unknown } | { ok: false; message: string };

async function ask(url: string, body: string, leaving: boolean): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
      // A page that closes lets requests of up to 64 KB finish.
      keepalive: leaving && body.length < 60_000,
      // An answer that does not come counts as none: whoever leaves the page must not wait for it.
      signal: AbortSignal.timeout(20_000),
    });
    const json = response.headers.get('content-type')?.includes('json');
    if (response.redirected || (response.ok && !json)) {
      return { ok: false, message: 'You are signed out. Sign in again in another tab; your changes wait here.' };
    }
    if (response.ok || ((response.status === 400 || response.status === 409) && json)) {
      return { ok: true, reply: await response.json() };
    }
    if (response.status === 403) return { ok: false, message: 'You may not change campaigns any more.' };
    if (response.status === 404) return { ok: false, message: 'This campaign was deleted.' };
    return { ok: false, message: 'The server did not answer well. Trying again.' };
  } catch {
    return { ok: false, message: 'No connection. Your changes wait here and are saved as soon as it is back.' };
  }
}
