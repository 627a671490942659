/**
 * How Node is started for a worker process. What a window makes is garbage a moment later, so the nursery is small, and the old space
 * is cleaned once it has doubled: by default it may grow fourfold first, and to 150 MB of which 35 are in use. Neither is a ceiling:
 * a large import gets what it needs (docs/decisions/0012, `npm run bench -- memory`).
 */
export const workerFlags: readonly string[] = ['--max-semi-space-size=4', '--heap-growing-percent=100'];
