/**
 * How Node is started for a worker process: a small nursery, since what a window makes is garbage a moment later. It keeps the
 * process below 256 MB at some CPU; the default lets it grow past that (`npm run bench -- memory`).
 */
export const workerFlags: readonly string[] = ['--max-semi-space-size=4'];
