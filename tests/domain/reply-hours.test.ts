import { expect, test } from 'vitest';

import { system } from '#app/company/audit.server.ts';
import { takeInboundText } from '#app/messaging/inbound.server.ts';
import { replyByText } from '#app/messaging/reply.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeContact, makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { addresses, sendingCompany } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
/** In New York, where hours are 9 am to 8 pm. */
const companyId = await sendingCompany(db);
const inside = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);

let numbers = 0;
const numberIn = (areaCode: string) => `+1${areaCode}555${String(++numbers).padStart(4, '0')}`;

const person = (mobile: string | null, place: { zip?: string; state?: string } = {}) =>
  inside(async (tx) => {
    const { customerId } = await makeCustomer(tx, { mobile });
    if (Object.keys(place).length > 0) await makeLocation(tx, { customerId, state: '', zip: '', ...place });
    return customerId;
  });

/** Whether a first text to the number goes out at that instant. */
async function goesOut(number: string, customerId: number | null, iso: string): Promise<boolean> {
  const request = { number, customerId, body: 'Your invoice is ready.' };
  const replied = await inside((tx) => replyByText(tx, system, request, { twilio: null, addresses }, new Date(iso)));
  if (!replied.ok) expect(replied.error).toMatch(/outside of sending hours where they are/);
  return replied.ok;
}

// A Wednesday in January: 9:30 am and noon in New York, 6:30 am and 9 am in Los Angeles.
const MORNING = '2030-01-16T14:30:00Z';
const NOON = '2030-01-16T17:00:00Z';

test('B-14: staff write when it is hours at the customer’s ZIP, whatever the area code of an old number says', async () => {
  const number = numberIn('212');
  const inCalifornia = await person(number, { zip: '90210' });
  expect(await goesOut(number, inCalifornia, MORNING)).toBe(false);
  expect(await goesOut(number, inCalifornia, NOON)).toBe(true);
});

test('B-14: where ZIP and area code differ, both must be open, as for a campaign', async () => {
  const number = numberIn('213');
  const inNewYork = await person(number, { zip: '10001' });
  expect(await goesOut(number, inNewYork, MORNING)).toBe(false);
  expect(await goesOut(number, inNewYork, NOON)).toBe(true);
});

test('B-14: the state of the ZIP narrows the hours', async () => {
  const number = numberIn('713');
  const inTexas = await person(number, { zip: '77002' });
  // Sunday, 11 am and 1 pm in Texas.
  expect(await goesOut(number, inTexas, '2030-01-13T17:00:00Z')).toBe(false);
  expect(await goesOut(number, inTexas, '2030-01-13T19:00:00Z')).toBe(true);
});

test('B-14: without an address the area code counts, and the company’s zone without either', async () => {
  const californian = numberIn('213');
  const nowhere = numberIn('500');
  expect(await goesOut(californian, await person(californian), MORNING)).toBe(false);
  expect(await goesOut(nowhere, await person(nowhere), MORNING)).toBe(true);
  expect(await goesOut(nowhere, null, '2030-01-16T13:30:00Z')).toBe(false);
});

test('B-14: two customers with one number, and one whose record does not have it', async () => {
  const shared = numberIn('212');
  const inNewYork = await person(shared, { zip: '10001' });
  await person(shared, { zip: '90210' });
  expect(await goesOut(shared, inNewYork, MORNING)).toBe(false);
  expect(await goesOut(shared, inNewYork, NOON)).toBe(true);

  // Its last text is long ago.
  const stranger = numberIn('213');
  await takeInboundText(db, {
    companyId,
    provider: 'sandbox',
    providerId: 'SM1',
    sender: stranger,
    recipient: '+15005550000',
    body: 'Hello?',
    at: new Date('2029-12-01T12:00:00Z'),
  });
  expect(await goesOut(stranger, null, MORNING)).toBe(false);
  expect(await goesOut(stranger, inNewYork, MORNING)).toBe(false);
  expect(await goesOut(stranger, inNewYork, NOON)).toBe(true);
});

test('B-14: the number that is written to counts, not the customer’s other one; an invoice changes nothing', async () => {
  const home = numberIn('212');
  const other = numberIn('213');
  const customerId = await person(home);
  await inside(async (tx) => {
    await makeContact(tx, { customerId, kind: 'mobile', value: other, primary: false });
    await makeInvoice(tx, { customerId });
  });
  expect(await goesOut(home, customerId, MORNING)).toBe(true);
  expect(await goesOut(other, customerId, MORNING)).toBe(false);
});
