import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';

import { readEnv, type Env } from '#app/env.server.ts';
import { DEMO } from '#db/demo.ts';
import { migrate } from '#db/migrate.ts';
import { workerFlags } from '#workers/flags.ts';

import { ensureBuild } from './build.ts';
import { startPostgres } from './postgres.ts';

/**
 * `npm start`: everything under one supervisor. Database, migrations, demo data, then web and worker as processes of their
 * own, which are started again when they fall. Ctrl-C stops all that was started, the database last.
 */
const development = process.argv.includes('--dev');
const stopping = { now: false };
const children = new Map<string, ChildProcess>();

async function main() {
  const env = readEnv();
  await refuseTakenPort(env.port);
  if (!development) ensureBuild();
  const database = env.databaseUrl ? null : await startPostgres(env.dataDir);
  const url = env.databaseUrl ?? database!.url;
  const stop = async (code: number) => {
    if (stopping.now) return;
    stopping.now = true;
    await Promise.all([...children.values()].map(end));
    await database?.stop();
    process.exit(code);
  };
  process.once('SIGINT', () => void stop(0));
  process.once('SIGTERM', () => void stop(0));
  try {
    await prepare(url);
    const surroundings: NodeJS.ProcessEnv = {
      ...process.env,
      DATABASE_URL: url,
      NODE_ENV: development ? 'development' : 'production',
      // Somebody reads this terminal: a line for each request would scroll the greeting away.
      LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
    };
    keepRunning('web', 'app/server.ts', surroundings, () => void stop(1));
    keepRunning('worker', 'workers/main.ts', surroundings, () => void stop(1), workerFlags);
    await untilReady(env);
    if (!stopping.now) greet(env);
  } catch (error) {
    console.error((error as Error).message);
    await stop(1);
  }
}

async function prepare(url: string) {
  let empty: boolean;
  try {
    ({ empty } = await migrate(url));
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    const why =
      code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'CONNECT_TIMEOUT' ? 'nothing answers there' : message;
    throw new Error(
      `The database of DATABASE_URL can't be used: ${why || code}. Check the address and that PostgreSQL 15 or later runs.`,
    );
  }
  if (!empty) return;
  const { seedIfEmpty } = await import('#db/seed.ts'); // loads the factories, which later starts don't need
  await seedIfEmpty(url, { today: new Date(), log: console.log });
}

/** Starts a process and starts it again when it falls; five falls within a minute end everything. */
function keepRunning(
  name: string,
  file: string,
  env: NodeJS.ProcessEnv,
  giveUp: () => void,
  flags: readonly string[] = [],
  falls: number[] = [],
) {
  const child = spawn(process.execPath, [...flags, '--import', 'tsx', file], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'], // a child ends when its supervisor is gone
    detached: true,
  });
  children.set(name, child);
  child.once('exit', (code) => {
    if (stopping.now) return;
    const recent = [...falls.filter((at) => Date.now() - at < 60_000), Date.now()];
    if (recent.length >= 5) return giveUp();
    console.error(`The ${name} process ended (${code ?? 'signal'}); starting it again.`);
    setTimeout(() => stopping.now || keepRunning(name, file, env, giveUp, flags, recent), 500 * recent.length);
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 12_000).unref();
  });
}

async function untilReady(env: Env) {
  for (let tries = 0; tries < 600 && !stopping.now; tries++) {
    const answer = await fetch(`http://127.0.0.1:${env.port}/healthz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  if (!stopping.now) throw new Error('Web and worker did not become ready within a minute.');
}

function greet(env: Env) {
  console.log(`
  Fieldpost is running.

  Office    ${env.appOrigin}
  Sign in   ${DEMO.email}   password ${DEMO.password}

  Ctrl-C stops everything.
`);
}

function refuseTakenPort(port: number): Promise<void> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        new Error(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is taken. Stop what uses it, or start with PORT=${port + 1} npm start.`
            : error.message,
        ),
      ),
    );
    probe.listen(port, () => probe.close(() => done()));
  });
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
