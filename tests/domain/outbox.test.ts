import { expect, test } from 'vitest';

import { composePlainMime } from '#app/messaging/mime.server.ts';
import { listOutbox, readOutboxEmail } from '#app/messaging/outbox.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { messages, outboxEmails } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

async function keep(tx: Tx, email: { to: string; subject: string; kind?: 'test' | 'staff_invitation'; html?: string }) {
  const { to, kind = 'test', html = '<p>Hello</p>' } = email;
  const [message] = await tx.insert(messages).values({ kind, address: to }).returning({ id: messages.id });
  const { subject, mime } = composePlainMime({
    from: { name: 'Larks & Co', address: 'billing@larks.example' },
    to: { name: '', address: to },
    messageId: `m${message!.id}@larks.example`,
    date: new Date('2026-03-01T15:00:00Z'),
    headers: { 'Auto-Submitted': 'auto-generated' },
    subject: email.subject,
    html,
    text: 'Hello in text',
  });
  const [row] = await tx
    .insert(outboxEmails)
    .values({ messageId: message!.id, sender: 'billing@larks.example', recipient: to, subject, mime })
    .returning({ id: outboxEmails.id });
  return row!.id;
}

test('emails are listed newest first, found by recipient or subject, and paged both ways', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const ids: number[] = [];
    for (let n = 0; n < 7; n++) ids.unshift(await keep(tx, { to: `c${n}@mail.example`, subject: `Invoice ${n}` }));
    const seen: number[] = [];
    let page = await listOutbox(tx, { staffMail: false }, { limit: 3 });
    seen.push(...page.rows.map((row) => row.id));
    while (page.next) {
      page = await listOutbox(tx, { staffMail: false }, { limit: 3, after: page.next });
      seen.push(...page.rows.map((row) => row.id));
    }
    expect(seen).toEqual(ids);
    const back = await listOutbox(tx, { staffMail: false }, { limit: 3, before: page.previous });
    expect(back.rows.map((row) => row.id)).toEqual(ids.slice(3, 6));
    const find = async (q: string) =>
      (await listOutbox(tx, { q, staffMail: false }, {})).rows.map((row) => row.subject);
    expect(await find('c3@')).toEqual(['Invoice 3']);
    expect(await find('INVOICE 5')).toEqual(['Invoice 5']);
    expect(await find('%')).toEqual([]);
  });
});

test('an email is read back from its MIME as a mail program shows it: umlauts, long lines, headers, source', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const subject = `Überfällige Rechnung: ${'sehr '.repeat(20)}lang 💧`;
    const html = `<p>Grüße = ${'x'.repeat(300)}</p><script>alert(1)</script>`;
    const id = await keep(tx, { to: 'c@mail.example', subject, html });
    const email = await readOutboxEmail(tx, id);
    expect(email).toMatchObject({ subject, recipient: 'c@mail.example', message: { kind: 'test' } });
    expect(email?.html?.trim()).toBe(html);
    expect(email?.text?.trim()).toBe('Hello in text');
    const headers = new Map(email?.headers.map((header) => [header.name.toLowerCase(), header.value]));
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('to')).toBe('c@mail.example');
    expect(headers.get('subject')).not.toContain('\n');
    expect(email?.source).toContain('quoted-printable');
  });
});

test('B-15: an invitation of staff is shown only to who manages staff', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    await keep(tx, { to: 'nora@larks.example', subject: 'Choose your password', kind: 'staff_invitation' });
    expect((await listOutbox(tx, { staffMail: false }, {})).rows).toEqual([]);
    expect((await listOutbox(tx, { staffMail: true }, {})).rows).toHaveLength(1);
  });
});

test('another company’s email is not there', async () => {
  const [ours, theirs] = [await makeCompany(db), await makeCompany(db)];
  const id = await withCompany(db, theirs.companyId, (tx) => keep(tx, { to: 'c@mail.example', subject: 'Hi' }));
  await withCompany(db, ours.companyId, async (tx) => {
    expect(await readOutboxEmail(tx, id)).toBeNull();
    expect((await listOutbox(tx, { staffMail: true }, {})).rows).toEqual([]);
  });
});
