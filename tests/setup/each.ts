import { afterEach, beforeEach, expect, vi } from 'vitest';

/** An error that nobody expected to be logged fails the test that logged it. */
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation((...args: unknown[]) => {
    unexpected.push(args);
  });
});

const unexpected: unknown[][] = [];

afterEach(() => {
  const logged = unexpected.splice(0);
  expect(logged, 'console.error was called').toEqual([]);
});
