import { expect, test } from 'vitest';

import { paymentsCsv } from '#app/invoicing/payments/csv.server.ts';
import { listPayments, type PaymentFilter } from '#app/invoicing/payments/list.server.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

// 11:30 pm on March 4 in Chicago, when it is the 5th in London.
const LATE = new Date('2026-03-05T05:30:00Z');
const base: PaymentFilter = { today: '2026-03-04', timeZone: 'America/Chicago' };

async function office() {
  const { companyId } = await makeCompany(db, { timeZone: 'America/Chicago' });
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const found = async (filter: Partial<PaymentFilter>) => {
    const { rows, total } = await tx((t) => listPayments(t, { ...base, ...filter }, {}));
    expect(total.count).toBe(rows.length);
    return rows.map((row) => row.memo);
  };
  const csv = async (filter: Partial<PaymentFilter>) => {
    let file = '';
    for await (const lines of paymentsCsv(tx, { ...base, ...filter })) file += lines;
    return file.trim().split('\r\n').slice(1);
  };
  return { tx, found, csv };
}

test('S2-19: payments are found by the day on which the money came, in the list and in its file', async () => {
  const { tx, found, csv } = await office();
  await tx(async (t) => {
    const { customerId } = await makeCustomer(t, { name: 'Ann Ames' });
    const made = (memo: string, values: Partial<Parameters<typeof makePayment>[1]>) =>
      makePayment(t, { customerId, amountCents: 1_000, memo, ...values });
    // Entered today: a check of last month, and one that came today.
    await made('old check', { method: 'check', receivedOn: '2026-02-10', createdAt: LATE, settledAt: LATE });
    await made('check', { method: 'check', receivedOn: '2026-03-04', createdAt: LATE, settledAt: LATE });
    // Begun last month: from a bank, arrived today; and one that is still on its way.
    const begun = new Date('2026-02-26T18:00:00Z');
    await made('arrived', { method: 'ach', createdAt: begun, settledAt: LATE });
    await made('on its way', { method: 'ach', status: 'pending', createdAt: begun });
    await made('card', { method: 'card', createdAt: LATE, settledAt: LATE });
  });
  expect(await found({})).toEqual(['card', 'arrived', 'check', 'on its way', 'old check']);
  expect(await found({ when: 'today' })).toEqual(['card', 'arrived', 'check']);
  expect(await found({ when: '7' })).toEqual(['card', 'arrived', 'check', 'on its way']);
  expect(await found({ when: 'last-month' })).toEqual(['on its way', 'old check']);
  expect(await found({ when: 'month', timeZone: 'UTC', today: '2026-03-05' })).toHaveLength(3);
  // The day of the money, then that of its entry.
  const lines = await csv({ when: 'last-month' });
  expect(lines.map((line) => line.split(',').slice(1, 3))).toEqual([
    ['2026-02-26', '2026-02-26'],
    ['2026-02-10', '2026-03-04'],
  ]);
});

test('pages follow the day of the money, and nothing stands on two of them', async () => {
  const { tx } = await office();
  await tx(async (t) => {
    const { customerId } = await makeCustomer(t);
    for (let day = 1; day <= 9; day += 1) {
      const receivedOn = `2026-02-0${10 - day}`;
      await makePayment(t, { customerId, amountCents: 100, memo: String(day), receivedOn });
      await makePayment(t, { customerId, amountCents: 100, memo: `${day} too`, receivedOn });
    }
  });
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const from: string | null = after;
    const page: Awaited<ReturnType<typeof listPayments>> = await tx((t) =>
      listPayments(t, base, { after: from, limit: 5 }),
    );
    seen.push(...page.rows.map((row) => row.memo));
    after = page.next;
  } while (after);
  expect(seen).toEqual(Array.from({ length: 9 }, (_, n) => [`${n + 1} too`, String(n + 1)]).flat());
});

test('the search finds a part of an invoice’s number, of a name or of a check’s number, and last four digits', async () => {
  const { tx, found } = await office();
  await tx(async (t) => {
    const ann = await makeCustomer(t, { name: 'Ann Ames' });
    const { invoiceId } = await makeInvoice(t, { customerId: ann.customerId, number: 'INV-20417', totalCents: 5_000 });
    const paid = await makePayment(t, {
      customerId: ann.customerId,
      amountCents: 5_000,
      memo: 'check 8812',
      reference: 'pi_3NfX',
    });
    await postEntries(t, invoiceId, [{ kind: 'payment', amountCents: -5_000, paymentId: paid }]);
    const bob = await makeCustomer(t, { name: 'Bob Bold' });
    const other = await makeInvoice(t, { customerId: bob.customerId, number: 'INV-30999', totalCents: 5_000 });
    await makePayment(t, {
      customerId: bob.customerId,
      amountCents: 5_000,
      memo: 'under way',
      status: 'pending',
      method: 'ach',
      cardLast4: '6789',
      allocations: [{ invoiceId: other.invoiceId, amountCents: 5_000 }],
    });
  });
  for (const q of ['20417', 'inv-204', '#0417', 'mes', '881', 'pi_3NfX', 'ann 204']) {
    expect(await found({ q }), q).toEqual(['check 8812']);
  }
  // While it is on its way, the ledger knows nothing of its invoice.
  for (const q of ['30999', '6789', 'bold 999']) expect(await found({ q }), q).toEqual(['under way']);
  for (const q of ['67', '%', 'pi_3', 'ann 999']) expect(await found({ q }), q).toEqual([]);
});
