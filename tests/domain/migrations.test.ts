import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runDrizzle } from 'drizzle-orm/postgres-js/migrator';
import { Logger, runMigrations } from 'graphile-worker';
import { nanoid } from 'nanoid';
import postgres from 'postgres';
import { afterAll, expect, inject, test } from 'vitest';

import { migrate } from '#db/migrate.ts';

const server = inject('postgresUrl');
const name = `migrations_${nanoid(8)
  .toLowerCase()
  .replaceAll(/[^a-z0-9]/g, '0')}`;
const role = `owner_of_${name}`;
const admin = postgres(server, { max: 1, onnotice: () => {} });
const folder = await mkdtemp(join(tmpdir(), 'fieldpost-migrations-'));
afterAll(async () => {
  await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.unsafe(`drop role if exists ${role}`);
  await admin.end();
  await rm(folder, { recursive: true, force: true });
});

type Journal = { entries: { tag: string }[] };

test('staff who had a password before memberships had theirs are accepted with it; who had none stays invited', async () => {
  // An owner as managed databases give one: no superuser, so that forced row-level security holds it back too.
  await admin.unsafe(`create role ${role} login createrole password 'owner'`);
  await admin.unsafe(`grant fieldpost_app to ${role} with admin option`);
  await admin.unsafe(`create database ${name} owner ${role}`);
  const at = new URL(server);
  Object.assign(at, { username: role, password: 'owner', pathname: `/${name}` });
  const client = postgres(at.href, { max: 1, onnotice: () => {} });
  await cp('db/migrations', folder, { recursive: true });
  const journalAt = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(await readFile(journalAt, 'utf8')) as Journal;
  const until = journal.entries.findIndex((entry) => entry.tag === '0006_staff_acceptance');
  await writeFile(journalAt, JSON.stringify({ ...journal, entries: journal.entries.slice(0, until) }));
  await runMigrations({ connectionString: at.href, logger: new Logger(() => () => {}) });
  await runDrizzle(drizzle(client), { migrationsFolder: folder });
  await client.unsafe(await readFile('db/row-level-security.sql', 'utf8'));
  await client.unsafe(`
    insert into companies (name) values ('Larks');
    select set_config('app.company_id', (select id from companies)::text, false);
    insert into people (email, name, password_hash) values ('a@larks.example', 'A', 'hash of A'), ('b@larks.example', 'B', null);
    insert into staff (person_id, role) select id, 'viewer' from people;
    select set_config('app.company_id', '', false)`);
  await client.end();

  await migrate(at.href);

  const reader = postgres(server.replace(/\/postgres$/, `/${name}`), { max: 1 });
  const rows = await reader`
    select p.name, s.password_hash, s.accepted_at is not null as accepted
      from staff s join people p on p.id = s.person_id order by p.name`;
  const [rls] = await reader`select relforcerowsecurity as forced from pg_class where relname = 'staff'`;
  await reader.end();
  expect([...rows]).toEqual([
    { name: 'A', password_hash: 'hash of A', accepted: true },
    { name: 'B', password_hash: null, accepted: false },
  ]);
  expect(rls).toEqual({ forced: true });
});
