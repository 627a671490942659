import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { buildOnce } from '#tests/setup/app.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

let folder: string;

beforeAll(async () => {
  await buildOnce();
  folder = await mkdtemp(join(tmpdir(), 'fieldpost-start-'));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Run = { child: ChildProcess; output: () => string; exit: Promise<number | null> };

/** `npm start` without npm's own wrapper. */
function start(env: Record<string, string>): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'start/main.ts'], {
    env: { ...process.env, DATABASE_URL: '', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text, exit: once(child, 'exit').then(([code]) => code as number | null) };
}

/** Resolves when the greeting is printed. */
async function greeted(run: Run): Promise<void> {
  while (!run.output().includes('Ctrl-C')) {
    if (run.child.exitCode !== null) throw new Error(`ended early: ${run.output()}`);
    await Promise.race([once(run.child.stdout!, 'data'), run.exit]);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('npm start brings up database, demo company, web and worker; Ctrl-C stops all of it; a second start keeps the data', async () => {
  const port = await freePort();
  const env = { PORT: String(port), DATA_DIR: join(folder, 'data') };
  for (const round of [1, 2]) {
    const run = start(env);
    await greeted(run);
    expect(run.output()).toContain(`http://localhost:${port}`);
    const health = await fetch(`http://localhost:${port}/healthz`);
    expect([health.status, await health.json()], `round ${round}`).toEqual([
      200,
      { ready: true, web: true, database: true, worker: true },
    ]);
    expect((await fetch(`http://localhost:${port}/sign-in`)).status).toBe(200);
    run.child.kill('SIGINT');
    expect(await run.exit).toBe(0);
    await expect(fetch(`http://localhost:${port}/healthz`)).rejects.toThrow();
  }
}, 120_000);

test('with DATABASE_URL nothing embedded starts', async () => {
  const { url } = await createTestDatabase();
  const port = await freePort();
  const dataDir = join(folder, 'outside');
  const run = start({ PORT: String(port), DATA_DIR: dataDir, DATABASE_URL: url });
  await greeted(run);
  const { existsSync } = await import('node:fs');
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  run.child.kill('SIGTERM');
  expect(await run.exit).toBe(0);
}, 120_000);

test('a port in use, an unreachable database, an unusable data folder and a wrong variable end with one line that says what to do', async () => {
  const taken = createServer().listen(0);
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  const free = String(await freePort());
  const cases: [Record<string, string>, RegExp][] = [
    [{ PORT: String(port), DATA_DIR: join(folder, 'x') }, /Port \d+ is taken\. .*PORT=\d+ npm start/],
    [
      { PORT: free, DATA_DIR: join(folder, 'x'), DATABASE_URL: 'postgres://u:p@127.0.0.1:1/db' },
      /nothing answers there.*Check the address/,
    ],
    [{ PORT: free, DATA_DIR: join(file, 'below') }, /data folder .* can't be written\. Set DATA_DIR/],
    [{ PORT: 'many', DATA_DIR: join(folder, 'x') }, /PORT: .*Correct it in the environment/],
  ];
  for (const [env, message] of cases) {
    const run = start(env);
    expect(await run.exit).toBe(1);
    expect(run.output()).toMatch(message);
    expect(run.output().trim().split('\n'), run.output()).toHaveLength(1);
  }
  taken.close();
}, 120_000);
