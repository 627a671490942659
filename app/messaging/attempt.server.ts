import { Blocked, Retryable, type Outcome, type Provider, type RetryWhy } from './provider.ts';

/** What one call came to. `retry` and `blocked` mean that the provider certainly took nothing. */
export type Attempt =
  | Outcome
  | { kind: 'retry'; why: RetryWhy; afterSeconds: number; reason: string }
  | { kind: 'blocked'; reason: string };

type Handable = { messageId: number; token: string };

/**
 * Hands one message to the provider, once. Never throws: an error that does not say that nothing was taken is `unknown`.
 * @param giveUp once aborted, no answer is waited for any longer: the message is unknown, `interrupted`
 */
export function attempt<M extends Handable>(
  provider: Pick<Provider<M>, 'send'>,
  message: M,
  giveUp?: AbortSignal,
): Promise<Attempt> {
  const call = callOnce(provider, message);
  if (!giveUp) return call;
  return new Promise((done) => {
    const cut = () => done({ kind: 'unknown', reason: 'interrupted' });
    if (giveUp.aborted) setImmediate(cut); // an answer that is there already still counts
    giveUp.addEventListener('abort', cut, { once: true });
    void call.then((result) => {
      giveUp.removeEventListener('abort', cut);
      done(result);
    });
  });
}

async function callOnce<M extends Handable>(provider: Pick<Provider<M>, 'send'>, message: M): Promise<Attempt> {
  try {
    return await provider.send(message);
  } catch (error) {
    if (error instanceof Retryable) {
      return { kind: 'retry', why: error.why, afterSeconds: error.retryAfterSeconds, reason: error.message };
    }
    if (error instanceof Blocked) return { kind: 'blocked', reason: error.message };
    return { kind: 'unknown', reason: 'no_answer' };
  }
}

/** Not waited for any longer because the process stops: that says nothing about the provider. */
export const wasCut = (result: Attempt) => result.kind === 'unknown' && result.reason === 'interrupted';

/**
 * Runs `work` over `items`, at most `limit` at a time. Once `stop()` says so, no further item is begun.
 * @returns the results in the order of the items; `null` for those that were not begun
 */
export async function inParallel<T, R>(
  items: readonly T[],
  options: { limit: number; stop?: () => boolean },
  work: (item: T) => Promise<R>,
): Promise<(R | null)[]> {
  const results: (R | null)[] = items.map(() => null);
  let next = 0;
  const lane = async () => {
    while (next < items.length && !options.stop?.()) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.limit, items.length) }, lane));
  return results;
}

/** So many calls in a row without an answer, and the window begins no further one; so many alone open the breaker. */
export const SILENT_CALLS = 5;

/**
 * Tells when a window should begin no further call: the provider said that it takes nothing now, or it has stopped answering.
 * Each call's result is told to `hear`.
 */
export function listener(): { hear: (result: Attempt) => void; refused: () => boolean } {
  let silent = 0;
  let refused = false;
  return {
    hear: (result) => {
      const { kind } = result;
      silent = kind === 'unknown' && !wasCut(result) ? silent + 1 : 0;
      refused ||= kind === 'retry' || kind === 'blocked' || silent >= SILENT_CALLS;
    },
    refused: () => refused,
  };
}

/** What happened can't be undone, so writing it down is tried for a while: the database may be restarting. */
export async function untilItHolds<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries >= 12) throw error;
      await new Promise((done) => setTimeout(done, Math.min(100 * 2 ** tries, 5_000)));
    }
  }
}
