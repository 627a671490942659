import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { cancelCampaign, pauseCampaign } from '#app/campaigns/lifecycle.server.ts';
import { campaignResults } from '#app/campaigns/results.server.ts';
import { suppress } from '#app/consent/suppress.server.ts';
import { resubscribe, unsubscribe } from '#app/consent/unsubscribe.server.ts';
import { system } from '#app/company/audit.server.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { reasonWords } from '#app/messaging/reasons.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makePayment } from '#tests/factories/invoices.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  counterDifferences,
  launchAndExpand,
  overdueInvoices,
  runRanges,
  sendingCompany,
  sendingWith,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

type About = { invoiceId: number; customerId: number; address: string };
type Change = (tx: Tx, about: About) => Promise<unknown>;

const invoice =
  (set: string): Change =>
  (tx, { invoiceId }) =>
    tx.execute(sql.raw(`update invoices set ${set} where id = ${invoiceId}`));
const proof = { how: 'link', actor: 'Recipient' };

/** What happens between launch and send, and what then stands on the message. */
const cases: [code: string, what: string, change: Change, expected: string][] = [
  ['B-04', 'a voided invoice', invoice(`status = 'void'`), 'skipped:void'],
  [
    'B-01',
    'an invoice that was paid',
    async (tx, { invoiceId, customerId }) => {
      const paymentId = await makePayment(tx, { customerId, amountCents: 10_000 });
      await postEntries(tx, invoiceId, [{ kind: 'payment', amountCents: -10_000, paymentId }]);
    },
    'skipped:paid',
  ],
  ['B-01', 'an invoice with nothing left to pay', invoice('balance_cents = 0'), 'skipped:paid'],
  ['B-01', 'an invoice with a credit', invoice('balance_cents = -500'), 'skipped:paid'],
  ['B-04', 'a disputed invoice', invoice('disputed_at = now()'), 'skipped:disputed'],
  ['B-04', 'an invoice promised for a later day', invoice(`promised_for = current_date + 3`), 'skipped:promised'],
  ['B-04', 'an invoice whose promise has passed', invoice(`promised_for = current_date - 3`), 'sent'],
  ['B-04', 'an invoice marked “do not remind”', invoice('do_not_remind = true'), 'skipped:do_not_remind'],
  [
    'B-13',
    'a customer marked “do not contact”',
    (tx, { customerId }) => tx.execute(sql`update customers set do_not_contact = true where id = ${customerId}`),
    'skipped:do_not_contact',
  ],
  [
    'B-04',
    'a message without an address',
    (tx, { invoiceId }) => tx.execute(sql`update messages set address = '' where invoice_id = ${invoiceId}`),
    'skipped:no_email',
  ],
  [
    'B-04',
    'an address that cannot be one',
    (tx, { invoiceId }) => tx.execute(sql`update messages set address = 'a b@c' where invoice_id = ${invoiceId}`),
    'skipped:bad_address',
  ],
  [
    'B-13',
    'who unsubscribed from reminders',
    (tx, { address }) => unsubscribe(tx, { ...proof, address, purpose: 'reminders' }),
    'skipped:unsubscribed',
  ],
  [
    'B-13',
    'who unsubscribed from everything',
    (tx, { address }) => unsubscribe(tx, { ...proof, address, purpose: 'all' }),
    'skipped:unsubscribed',
  ],
  [
    'B-13',
    'who unsubscribed from promotions only',
    (tx, { address }) => unsubscribe(tx, { ...proof, address, purpose: 'promotions' }),
    'sent',
  ],
  [
    'B-13',
    'who unsubscribed and came back',
    async (tx, { address }) => {
      await unsubscribe(tx, { ...proof, address, purpose: 'all' });
      await resubscribe(tx, { ...proof, address, purpose: 'reminders' });
    },
    'sent',
  ],
  [
    'B-13',
    'whom the office took out',
    (tx, { address }) => suppress(tx, { how: 'office', actor: 'Sam', address, purpose: 'all', reason: 'office' }),
    'skipped:do_not_contact',
  ],
  [
    'B-13',
    'an address that bounced',
    (tx, { address }) => suppress(tx, { ...proof, address, purpose: 'all', reason: 'bounced' }),
    'skipped:bounced',
  ],
  [
    'B-13',
    'who reported spam',
    (tx, { address }) => suppress(tx, { ...proof, address, purpose: 'all', reason: 'complained' }),
    'skipped:complained',
  ],
  [
    'B-13',
    'an address that left texts',
    (tx, { address }) =>
      tx.execute(sql`
        insert into suppressions (channel, address, purpose, reason) values ('sms', ${address}, 'all', 'unsubscribed')`),
    'sent',
  ],
  // The invoice's own reason comes before the customer's, and that before the address's.
  ['B-04', 'a disputed invoice that is void', invoice(`status = 'void', disputed_at = now()`), 'skipped:void'],
  [
    'B-04',
    'a disputed invoice of somebody who unsubscribed',
    async (tx, about) => {
      await invoice('disputed_at = now()')(tx, about);
      await unsubscribe(tx, { ...proof, address: about.address, purpose: 'all' });
    },
    'skipped:disputed',
  ],
];

test.each(cases)('%s: %s, at the moment of sending', async (_code, _what, change, expected) => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, 2));
  const { campaignId, stepId, ranges } = await launchAndExpand(db, companyId);
  const messageId = await withCompany(db, companyId, async (tx) => {
    const [about] = await tx.execute<About & { id: number }>(sql`
      select id, invoice_id as "invoiceId", customer_id as "customerId", address from messages order by id limit 1`);
    await change(tx, about!);
    return about!.id;
  });
  const provider = recordingProvider();
  await runRanges(sendingWith(db, provider), companyId, ranges);
  await withCompany(db, companyId, async (tx) => {
    const [row] = await tx.execute<{ state: string; reason: string | null }>(
      sql`select state, reason from messages where id = ${messageId}`,
    );
    expect([row!.state, row!.reason].filter(Boolean).join(':')).toBe(expected);
    // The reason has words, and stands in the campaign's results.
    const results = (await campaignResults(tx, campaignId))!;
    expect(results.reasons.map((one) => one.reason)).toEqual(row!.reason ? [row!.reason] : []);
    if (row!.reason) expect(reasonWords(row!.reason).label).not.toBe(row!.reason);
  });
  // The other one got theirs.
  expect(provider.got).toHaveLength(expected === 'sent' ? 2 : 1);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test.each([
  ['paused', pauseCampaign, ['planned', 'planned']],
  ['canceled', cancelCampaign, ['skipped:canceled', 'skipped:canceled']],
] as const)('B-06: nothing of a %s campaign passes the gate', async (_status, turn, expected) => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, 2));
  const { campaignId, stepId, ranges } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, (tx) => turn(tx, campaignId, system));
  const provider = recordingProvider();
  await runRanges(sendingWith(db, provider), companyId, ranges);
  expect(provider.got).toEqual([]);
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ what: string }>(sql`select concat_ws(':', state, reason) as what from messages`),
  );
  expect(rows.map((row) => row.what)).toEqual(expected);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});
