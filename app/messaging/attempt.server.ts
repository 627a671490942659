import { Blocked, Retryable, type EmailMessage, type EmailProvider, type Outcome } from './provider.ts';

/** What one call came to. `retry` and `blocked` mean that the provider certainly took nothing. */
export type Attempt =
  | Outcome
  | { kind: 'retry'; afterSeconds: number; reason: string }
  | { kind: 'blocked'; reason: string };

/**
 * Hands one message to the provider, once. Never throws: an error that does not say that nothing was taken is `unknown`.
 */
export async function attempt(provider: EmailProvider, message: EmailMessage): Promise<Attempt> {
  try {
    return await provider.send(message);
  } catch (error) {
    if (error instanceof Retryable) {
      return { kind: 'retry', afterSeconds: error.retryAfterSeconds, reason: error.message };
    }
    if (error instanceof Blocked) return { kind: 'blocked', reason: error.message };
    return { kind: 'unknown', reason: 'no_answer' };
  }
}

/**
 * Runs `work` over `items`, at most `limit` at a time, begun no closer together than `spacingMs`. Once `stop()` says so,
 * no further item is begun.
 * @returns the results in the order of the items; `null` for those that were not begun
 */
export async function inParallel<T, R>(
  items: readonly T[],
  options: { limit: number; spacingMs: number; stop?: () => boolean },
  work: (item: T) => Promise<R>,
): Promise<(R | null)[]> {
  const results: (R | null)[] = items.map(() => null);
  let next = 0;
  let free = performance.now();
  const lane = async () => {
    while (next < items.length && !options.stop?.()) {
      const index = next++;
      const start = Math.max(free, performance.now());
      free = start + options.spacingMs;
      const wait = start - performance.now();
      if (wait > 1) await new Promise((done) => setTimeout(done, wait));
      if (options.stop?.()) return;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.limit, items.length) }, lane));
  return results;
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
