import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['tests/setup/each.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    pool: 'forks',
    projects: [
      {
        extends: true,
        // Pure code, which leaves nothing behind: its modules are loaded once.
        test: {
          name: 'unit',
          include: ['app/**/*.test.{ts,tsx}', 'builders/**/*.test.{ts,tsx}'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['db/**/*.test.ts', 'tests/**/*.test.{ts,tsx}'],
          globalSetup: ['tests/setup/global.ts'],
        },
      },
    ],
  },
});
