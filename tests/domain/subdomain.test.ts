import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { ensureLinkHost } from '#app/links/host.server.ts';
import { changeSubdomain, readSubdomain } from '#app/links/subdomain.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { auditEntries } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

async function company(linkHost: string | null = null) {
  const { companyId, admin } = await makeCompany(db, { linkHost });
  const actor = { staffId: admin.staffId, name: admin.name };
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const change = (typed: string, confirmed = true) => tx((t) => changeSubdomain(t, actor, typed, { confirmed }));
  return { companyId, actor, tx, change, read: () => tx(readSubdomain) };
}

test('S0-12: a subdomain is asked about before it is changed, and the change is in the audit log', async () => {
  const { tx, change, read, actor } = await company('larkold');
  expect(await change(' LarkNew ', false)).toEqual({ ok: true, name: 'larknew', ask: true });
  expect(await read()).toEqual({ name: 'larkold', earlier: [] });
  expect(await change(' LarkNew ')).toEqual({ ok: true, name: 'larknew', changed: true });
  expect(await read()).toEqual({ name: 'larknew', earlier: ['larkold'] });
  expect(await tx(ensureLinkHost)).toBe('larknew');
  expect(await change('larknew')).toEqual({ ok: true, name: 'larknew', changed: false });
  expect(await tx((t) => t.select().from(auditEntries))).toMatchObject([
    { action: 'subdomain.update', staffId: actor.staffId, details: { from: 'larkold', to: 'larknew' } },
  ]);
});

test('S0-12: one may change back to a name one had, and nobody else may take it', async () => {
  const [one, two] = [await company('firstname'), await company('other')];
  await one.change('secondname');
  expect(await two.change('firstname')).toMatchObject({ ok: false, error: expect.stringContaining('taken') });
  expect(await two.change('secondname')).toMatchObject({ ok: false, error: expect.stringContaining('taken') });
  expect(await one.change('firstname')).toMatchObject({ ok: true, changed: true });
  expect(await one.read()).toEqual({ name: 'firstname', earlier: ['secondname'] });
  expect(await two.read()).toEqual({ name: 'other', earlier: [] });
});

test('S0-12: reserved and malformed names are refused with words, and nothing changes', async () => {
  const { change, read } = await company('keepme');
  const words: [string, RegExp][] = [
    ['', /Enter a subdomain/],
    ['ab', /at least 3/],
    ['a'.repeat(64), /at most 63/],
    ['two words', /without spaces/],
    ['lark-field', /“-” can’t be used/],
    ['lark.field', /without dots/],
    ['https://lark', /without dots/],
    ['xn--pypal-4ve', /xn--/],
    ['lаrk', /can’t be used/], // a Cyrillic letter
    ['www', /reserved/],
    ['Admin', /reserved/],
    ['fieldpost', /reserved/],
    ["x'; drop table hosts", /spaces|used/],
    ['nul\0byte', /can’t be used/],
  ];
  for (const [typed, why] of words) {
    expect(await change(typed), typed).toMatchObject({ ok: false, error: expect.stringMatching(why) });
  }
  expect(await read()).toEqual({ name: 'keepme', earlier: [] });
});

test('S0-12: a name that looks like another company’s is refused; one’s own look-alikes are one’s own', async () => {
  const owner = await company('mornlng10');
  const other = await company('somebody');
  for (const typed of ['momlng10', 'mornlngl0', 'mornlng1o', 'momlnglo']) {
    expect(await other.change(typed), typed).toMatchObject({ ok: false, error: expect.stringMatching(/looks like/) });
  }
  expect(await other.change('mornings')).toMatchObject({ ok: true });
  expect(await owner.change('momlng10')).toMatchObject({ ok: true, changed: true });
});

test('S0-12: of companies that want one name, or names that look alike, at the same moment, one gets it', async () => {
  const wanting = await Promise.all(Array.from({ length: 4 }, () => company()));
  for (const names of [['wantedname'], ['barnowl', 'bamowl', 'barnow1', 'bamow1']]) {
    const results = await Promise.all(wanting.map(({ change }, index) => change(names[index % names.length]!)));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    for (const result of results) if (!result.ok) expect(result.error).toMatch(/taken|looks like/);
    const rows = await db.execute(sql`select company_id from hosts where kind = 'link' and name in ${names}`);
    expect(rows).toHaveLength(1);
  }
});

test('S0-12: two of one company who change at once leave one current name, and both names stay the company’s', async () => {
  const { change, read } = await company('atonce');
  await Promise.all([change('atonceone'), change('atoncetwo')]);
  const { name, earlier } = await read();
  expect(new Set([name, ...earlier])).toEqual(new Set(['atonce', 'atonceone', 'atoncetwo']));
  expect(earlier).toHaveLength(2);
});

test('a company that is called like a reserved name gets another one by itself', async () => {
  const { companyId } = await makeCompany(db, { name: 'Support', linkHost: null });
  expect(await withCompany(db, companyId, ensureLinkHost)).toBe(`support${companyId}`);
});
