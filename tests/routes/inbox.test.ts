import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import type { Role } from '#app/company/permissions.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();

/** A company to which so many people texted, and what its menu says of the Inbox to somebody of the role. */
async function office(texts: number) {
  const { companyId } = await makeCompany(app.db);
  await withCompany(app.db, companyId, (tx) =>
    tx.execute(sql`
      insert into inbound_texts (provider, provider_id, sender, recipient, body, meaning)
      select 'sandbox', 'SM' || n, '+1500555' || lpad(n::text, 4, '0'), '+15005550006', 'Hello?', 'reply'
        from generate_series(1, ${texts}::int) n`),
  );
  return async (role: Role) => {
    const { email } = await withCompany(app.db, companyId, (tx) => makeStaff(tx, { role }));
    const cookie = await signInCookie(app.origin, email, TEST_PASSWORD);
    const read = async (path: string) => {
      const { body } = await send(`${app.origin}${path}`, { cookie });
      const link = /<a [^>]*href="\/inbox"[^>]*>.*?<\/a>/s.exec(body)?.[0];
      return link?.replaceAll(/<svg.*?<\/svg>|<[^>]+>/gs, '') ?? null;
    };
    return read;
  };
}

test('the menu tells whoever may answer how many conversations are unread, until they are read', async () => {
  const as = await office(2);
  const read = await as('office');
  expect(await read('/customers')).toBe('Inbox2, 2 conversations not read yet');
  await read('/inbox/15005550001');
  expect(await read('/customers')).toBe('Inbox1, 1 conversation not read yet');
  await read('/inbox/15005550002');
  expect(await read('/customers')).toBe('Inbox');
  const viewer = await as('viewer');
  expect(await viewer('/customers')).toBeNull();
});

test('more than 99 are not told one by one', async () => {
  const read = await (await office(120))('marketer');
  expect(await read('/customers')).toBe('Inbox99+, more than 99 conversations not read yet');
});
