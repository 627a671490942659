import { defineConfig } from 'vitest/config';

/** One PostgreSQL, of which each file has databases of its own. */
const globalSetup = ['tests/setup/global.ts'];

export default defineConfig({
  test: {
    setupFiles: ['tests/setup/each.ts'],
    // Only what hangs ends by time: two files share two cores with their servers, workers and databases.
    testTimeout: 60_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    pool: 'forks',
    // Files share their modules, which are loaded once a worker: loading them took a third of the time. No file leaves anything behind.
    isolate: false,
    projects: [
      { extends: true, test: { name: 'unit', include: ['app/**/*.test.{ts,tsx}', 'builders/**/*.test.{ts,tsx}'] } },
      {
        extends: true,
        test: { name: 'server', include: ['{db,tests/domain,tests/routes}/**/*.test.ts'], globalSetup },
      },
      {
        extends: true,
        // A step of a browser ends after a minute; a test only when its page hangs.
        test: {
          name: 'browser',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup,
          testTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
