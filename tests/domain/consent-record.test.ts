import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { addressConsent, customerConsent, primaryStops } from '#app/consent/history.server.ts';
import { changeConsent, NOTE_LIMIT, type ConsentChange } from '#app/consent/record.server.ts';
import { unsubscribe } from '#app/consent/unsubscribe.server.ts';
import { recordEvents } from '#app/messaging/events.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeContact, makeCustomer } from '#tests/factories/customers.ts';
import { sentCampaign } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const actor = { staffId: null, name: 'Sam Rowe' };

async function customer<T>(work: (tx: Tx, customerId: number) => Promise<T>): Promise<T> {
  const { companyId } = await makeCompany(db);
  return withCompany(db, companyId, async (tx) => {
    const { customerId } = await makeCustomer(tx, { email: 'ann@mail.example' });
    return work(tx, customerId);
  });
}

const change = (customerId: number, more: Partial<ConsentChange> = {}): ConsentChange => ({
  customerId,
  address: 'ann@mail.example',
  what: 'stop',
  purpose: 'reminders',
  note: 'Asked on the phone.',
  ...more,
});

test('B-13: the office writes down an opt-out and lifts it, with who, how and why, and nothing is rewritten', async () => {
  await customer(async (tx, customerId) => {
    expect(await changeConsent(tx, actor, change(customerId, { address: ' ANN@mail.example ' }))).toEqual({ ok: true });
    const stopped = await customerConsent(tx, customerId);
    expect(stopped).toMatchObject([
      {
        address: 'ann@mail.example',
        onRecord: true,
        primary: true,
        now: [
          { purpose: 'reminders', reason: 'unsubscribed' },
          { purpose: 'promotions', reason: null },
        ],
        lines: [
          { state: 'out', purpose: 'reminders', how: 'office', actor: 'Sam Rowe', textShown: 'Asked on the phone.' },
        ],
      },
    ]);
    expect(await primaryStops(tx, customerId)).toEqual([
      { address: 'ann@mail.example', purpose: 'reminders', reason: 'unsubscribed' },
    ]);
    const lift = change(customerId, { what: 'lift', purpose: 'all', note: 'Wants them again.' });
    expect(await changeConsent(tx, actor, lift)).toEqual({ ok: true });
    const [after] = await customerConsent(tx, customerId);
    expect(after!.now.every((one) => one.reason === null)).toBe(true);
    expect(after!.lines.map((line) => [line.state, line.textShown])).toEqual([
      ['in', 'Wants them again.'],
      ['out', 'Asked on the phone.'],
    ]);
    const audit = await tx.execute(sql`select action, actor, details from audit_entries order by id`);
    expect(audit).toEqual([
      {
        action: 'consent.stop',
        actor: 'Sam Rowe',
        details: { address: 'ann@mail.example', purpose: 'reminders', note: 'Asked on the phone.' },
      },
      {
        action: 'consent.lift',
        actor: 'Sam Rowe',
        details: { address: 'ann@mail.example', note: 'Wants them again.' },
      },
    ]);
    await expect(tx.transaction((inner) => inner.execute(sql`update consents set actor = 'x'`))).rejects.toThrow();
  });
});

test('B-13: a change needs a note, and an address of this customer', async () => {
  await customer(async (tx, customerId) => {
    for (const note of ['', ' \n ', 'x'.repeat(NOTE_LIMIT + 1)]) {
      const refused = await changeConsent(tx, actor, change(customerId, { note }));
      expect(refused).toEqual({ ok: false, errors: { note: expect.stringContaining('how they asked') } });
    }
    const other = await makeCustomer(tx, { email: 'bo@mail.example' });
    for (const more of [{ address: 'bo@mail.example' }, { address: '' }, { customerId: other.customerId }]) {
      expect(await changeConsent(tx, actor, change(customerId, more))).toEqual({ ok: false, missing: true });
    }
    expect((await customerConsent(tx, customerId))[0]!.lines).toEqual([]);
  });
});

test('B-13: an address that is not on record any more keeps its history and can be lifted', async () => {
  await customer(async (tx, customerId) => {
    await unsubscribe(tx, { address: 'old@mail.example', customerId, purpose: 'all', how: 'link', actor: 'Recipient' });
    await makeContact(tx, { customerId, value: 'second@mail.example', primary: false });
    const all = await customerConsent(tx, customerId);
    expect(all.map((one) => [one.address, one.onRecord, one.primary])).toEqual([
      ['ann@mail.example', true, true],
      ['second@mail.example', true, false],
      ['old@mail.example', false, false],
    ]);
    expect(all[2]!.now.map((one) => one.reason)).toEqual(['unsubscribed', 'unsubscribed']);
    const lift = change(customerId, { address: 'old@mail.example', what: 'lift', note: 'Is back.' });
    expect(await changeConsent(tx, actor, lift)).toEqual({ ok: true });
    expect((await addressConsent(tx, 'OLD@mail.example', 'reminders')).now).toBeNull();
  });
});

test('B-13: a bounce stands in the history with its message, and the office lifts it', async () => {
  const { companyId, invoices } = await sentCampaign(db, 1);
  const { customerId } = invoices[0]!;
  await withCompany(db, companyId, async (tx) => {
    const [message] = await tx.execute<{ id: number; address: string }>(sql`select id, address from messages`);
    const { id, address } = message!;
    await recordEvents(tx, [
      { messageId: id, kind: 'bounced', dedupeKey: 'b', details: { permanent: true }, at: new Date() },
    ]);
    const [one] = await customerConsent(tx, customerId);
    expect(one!.now.map((each) => each.reason)).toEqual(['bounced', 'bounced']);
    expect(one!.lines).toMatchObject([{ how: 'bounce', actor: 'Mail provider', messageId: id }]);
    await changeConsent(tx, actor, change(customerId, { address, what: 'lift', note: 'The mailbox works again.' }));
    expect(await primaryStops(tx, customerId)).toEqual([]);
  });
});
