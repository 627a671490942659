import { LRUCache } from 'lru-cache';

/** So many addresses that lead nowhere may a network ask for in a minute. People mistype; a program that guesses does nothing else. */
const A_MINUTE = 60;
const MINUTE_MS = 60_000;
/** Networks that are counted: those that were not heard of for longest are forgotten first. */
const NETWORKS = 20_000;
/** How long a look-up from a network of guesses waits, for others to share its question with. */
const TURN_MS = 1_000;
/** So many wait at most, of one network and of all. */
const WAITING_A_NETWORK = 50;
const WAITING = 500;

/**
 * Slows down whoever guesses codes in bulk (B-03). A network that asked for too many codes that nobody has gets 429 for those.
 * Links that exist go on working there, since an office or a phone company's customers share a network with whoever guesses:
 * those in memory at once; others wait up to a second, so that all such look-ups of a second go to the database together.
 */
export type Guesses = {
  /** Somebody of this network asked for what is not there. */
  miss(network: string): void;
  /** Seconds until the network may ask freely again; 0 when it may now. */
  waitFor(network: string): number;
  /** Waits for the next common look-up. @returns false when too many wait already */
  turn(network: string): Promise<boolean>;
};

/** @param now milliseconds, for tests */
export function guesses({ limit = A_MINUTE, turnMs = TURN_MS, now = Date.now } = {}): Guesses {
  const counts = new LRUCache<string, { misses: number; until: number }>({ max: NETWORKS });
  const waiting = new Map<string, number>();
  let waiters: (() => void)[] = [];

  const current = (network: string) => {
    const count = counts.get(network);
    return count && count.until > now() ? count : undefined;
  };
  const next = () => {
    const going = waiters;
    waiters = [];
    waiting.clear();
    for (const go of going) go();
  };
  return {
    miss(network) {
      const count = current(network);
      if (count) count.misses++;
      else counts.set(network, { misses: 1, until: now() + MINUTE_MS });
    },
    waitFor(network) {
      const count = current(network);
      return count && count.misses >= limit ? Math.max(1, Math.ceil((count.until - now()) / 1000)) : 0;
    },
    turn(network) {
      const ours = waiting.get(network) ?? 0;
      if (ours >= WAITING_A_NETWORK || waiters.length >= WAITING) return Promise.resolve(false);
      waiting.set(network, ours + 1);
      return new Promise((resolve) => {
        if (waiters.push(() => resolve(true)) === 1) setTimeout(next, turnMs).unref();
      });
    },
  };
}
