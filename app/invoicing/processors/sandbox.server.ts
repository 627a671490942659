import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { Charge, DeclineReason, Processor } from '../processor.ts';

/** The test cards, and what happens to each. */
const cards: Record<string, 'accepted' | DeclineReason> = {
  '4242424242424242': 'accepted',
  '4000000000000002': 'declined',
  '4000000000009995': 'insufficient_funds',
  '4000000000000069': 'expired_card',
};

/**
 * Stands in for a card processor: answers as one would, moves no money, and takes no card but the test cards. It remembers
 * charges by their key while the process lives, as a real one does for good; another process knows nothing of them. That
 * is no loss, as none of them moved money.
 */
export function createSandbox(): Processor {
  const charges = new LRUCache<string, Charge>({ max: 10_000 });
  return {
    name: 'sandbox',
    refuses: (number) => (Object.hasOwn(cards, number) ? null : 'not_test_card'),
    charge: ({ idempotencyKey, card }) => {
      const known = charges.get(idempotencyKey);
      if (known) return Promise.resolve(known);
      const fate = cards[card.number] ?? 'declined';
      const shown = { brand: 'Visa', last4: card.number.slice(-4) };
      const charge: Charge =
        fate === 'accepted'
          ? { ok: true, reference: `sandbox_${shortHash(idempotencyKey)}`, ...shown }
          : { ok: false, declined: fate, ...shown };
      charges.set(idempotencyKey, charge);
      return Promise.resolve(charge);
    },
    find: (idempotencyKey) => Promise.resolve(charges.get(idempotencyKey) ?? null),
  };
}

/** One for the process, so that all requests share its memory. */
export const sandbox = createSandbox();

const shortHash = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 24);
