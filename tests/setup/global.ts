import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import postgres from 'postgres';
import type { TestProject } from 'vitest/node';

import { migrate } from '#db/migrate.ts';
import { startPostgres } from '#start/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run, with a migrated template that each test file clones. */
export default async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'fieldpost-test-'));
  await chmod(folder, 0o755); // as root, the database runs as another user, who must get in
  const server = await startPostgres(folder, { durable: false });
  const client = postgres(server.url, { max: 1, onnotice: () => {} });
  await client`create database fieldpost_template`;
  await client.end();
  await migrate(server.url.replace(/\/postgres$/, '/fieldpost_template'));
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
