import { expect, test } from 'vitest';

import { neighbors, type Held } from './neighbors.ts';

const held = (messageId: number, network: string): Held => ({
  companyId: 1,
  messageId,
  code: 'abcdefghjk',
  at: 1_000,
  method: 'GET',
  userAgent: 'Mozilla/5.0',
  purpose: undefined,
  ip: `${network}.1`,
  message: `1:${messageId}`,
  network,
});

test('B-03: around a visit are those of its message and of its network, whoever else is known', () => {
  const near = neighbors();
  const [one, sameMessage, sameNetwork, stranger] = [
    held(1, '20.1.1'),
    held(1, '20.2.2'),
    held(2, '20.1.1'),
    held(3, '20.3.3'),
  ];
  for (const visit of [one, sameMessage, sameNetwork, stranger]) near.add(visit);
  expect(new Set(near.around([one]))).toEqual(new Set([one, sameMessage, sameNetwork]));
  expect(near.around([one, stranger])).toHaveLength(4);
  near.forget(sameNetwork);
  near.forget(sameNetwork);
  near.forget(one);
  expect(near.around([stranger])).toEqual([stranger]);
  // Those that are asked for count also when they were forgotten.
  expect(new Set(near.around([one]))).toEqual(new Set([one, sameMessage]));
});

test('of a network that knocks without end only the last thousand are kept', () => {
  const near = neighbors();
  const all = Array.from({ length: 3_000 }, (_, n) => held(n, '20.1.1'));
  for (const visit of all) near.add(visit);
  expect(near.around([held(9_999, '20.1.1')])).toHaveLength(1_001);
  expect(near.around([all[0]!])).toContain(all[2_999]);
  for (const visit of all) near.forget(visit);
  expect(near.around([held(9_999, '20.1.1')])).toHaveLength(1);
});
