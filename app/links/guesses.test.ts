import { expect, test, vi } from 'vitest';

import { batches } from './batches.ts';
import { guesses } from './guesses.ts';
import { networkOf } from './network.ts';

test('B-03: a network that asks for too much that is not there has to wait until its minute is over', () => {
  let now = 0;
  const guessed = guesses({ limit: 3, now: () => now });
  for (let n = 0; n < 3; n++) {
    expect(guessed.waitFor('203.0.113')).toBe(0);
    guessed.miss('203.0.113');
  }
  expect([guessed.waitFor('203.0.113'), guessed.waitFor('198.51.100')]).toEqual([60, 0]);
  now = 45_500;
  guessed.miss('203.0.113');
  expect(guessed.waitFor('203.0.113')).toBe(15);
  now = 60_000;
  expect(guessed.waitFor('203.0.113')).toBe(0);
});

test('B-03: look-ups from a network of guesses wait for one common question, and no more wait than are bounded', async () => {
  const guessed = guesses({ turnMs: 5 });
  const load = vi.fn(async (keys: readonly string[]) => new Map(keys.map((key) => [key, key.length])));
  const ask = batches(load);
  const one = async (network: string, key: string) => ((await guessed.turn(network)) ? ask(key) : 'full');
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => one(n < 70 ? 'first' : 'second', `code${n}`)),
  );
  expect(load).toHaveBeenCalledTimes(1);
  expect(answers.filter((answer) => answer === 'full')).toHaveLength(20);
  expect(answers.slice(70)).toEqual(Array.from({ length: 30 }, () => 6));
  expect(await one('first', 'again')).toBe(5);
});

test('what is asked for at once is asked for together, each key once; a failure is each asker’s', async () => {
  let fails = false;
  const load = vi.fn(async (keys: readonly number[]) => {
    if (fails) throw new Error('the database is away');
    return new Map(keys.filter((key) => key < 5).map((key) => [key, key * 2]));
  });
  const ask = batches(load, { most: 3 });
  expect(await Promise.all([1, 2, 2, 3, 9].map((key) => ask(key)))).toEqual([2, 4, 4, 6, undefined]);
  expect(load.mock.calls.map(([keys]) => keys)).toEqual([[1, 2, 3], [9]]);
  fails = true;
  const both = await Promise.allSettled([ask(1), ask(2)]);
  expect(both.map((one) => one.status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await ask(1)).toBe(2);
});

test('a network is a /24 of IPv4 or a /48 of IPv6, however it is written', () => {
  expect(networkOf('203.0.113.7')).toBe(networkOf('::ffff:203.0.113.200'));
  expect(networkOf('203.0.113.7')).not.toBe(networkOf('203.0.114.7'));
  expect(networkOf('2001:db8:7::1')).toBe(networkOf('2001:0DB8:0007:ffff:0:0:0:9'));
  expect(networkOf('2001:db8:7::1')).not.toBe(networkOf('2001:db8:8::1'));
  expect([networkOf(''), networkOf('unknown')]).toEqual(['', 'unknown']);
});
