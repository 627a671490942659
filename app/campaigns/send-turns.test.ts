import { expect, test } from 'vitest';

import { turnsOfWindow } from './send-turns.ts';

test('runs write in turns of the event loop, the window that was opened first goes first', async () => {
  const order: string[] = [];
  let loops = 0;
  const ticking = setInterval(() => {}, 1_000);
  const count = () => {
    loops++;
    if (order.length < 120) setImmediate(count);
  };
  setImmediate(count);
  const write = async (name: string, turn: () => Promise<void>, messages: number) => {
    await Promise.all(
      Array.from({ length: messages }, async () => {
        await turn();
        order.push(`${name}${loops}`);
      }),
    );
  };
  const [first, second] = [turnsOfWindow(), turnsOfWindow()];
  // The younger one asks first.
  await Promise.all([write('second', second, 60), write('first', first, 60)]);
  clearInterval(ticking);
  const names = order.map((one) => one.replace(/\d+/, ''));
  expect(names.slice(0, 60)).toEqual(Array(60).fill('first'));
  expect(names.slice(60)).toEqual(Array(60).fill('second'));
  // 25, 25 and 10 of each.
  expect(new Set(order).size).toBe(6);
});
