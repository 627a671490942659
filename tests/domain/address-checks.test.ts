import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';

import { checkAudience } from '#app/campaigns/check-audience.server.ts';
import {
  addressCheckProgress,
  checkAddress,
  checkAddresses,
  readAddressChecks,
  type Verifier,
} from '#app/messaging/address-checks.server.ts';
import { postalKey, type PostalAddress } from '#app/messaging/postal-address.ts';
import { Blocked, Retryable } from '#app/messaging/provider.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { fakeVerifier } from '#tests/fakes/verifier.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const owner = postgres(url, { max: 1, onnotice: () => {} });
afterAll(() => owner.end());

async function begin() {
  const { companyId } = await makeCompany(db);
  const within = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const known = async (address: PostalAddress) =>
    (await within((tx) => readAddressChecks(tx, [address]))).get(postalKey(address));
  return { companyId, within, known };
}

const at = (line1: string, more: Partial<PostalAddress> = {}): PostalAddress => ({
  line1,
  line2: '',
  city: 'Chattanooga',
  state: 'TN',
  zip: '37402',
  ...more,
});
const street = (count: number) => Array.from({ length: count }, (_, n) => at(`${n + 1} Oak Street`));

test('B-12: each address is looked up once, whatever its capitals, and what is none is not asked for', async () => {
  const { companyId, within, known } = await begin();
  const list = fakeVerifier(() => ({ deliverability: 'undeliverable', standard: null }));
  const addresses = [
    at('1 Oak Street'),
    at('1  OAK street '),
    at('2 Oak Street'),
    at(''),
    at('3 Oak Street', { zip: ' ' }),
  ];
  expect(await checkAddresses(db, companyId, addresses, list)).toEqual({ checked: 2, end: null });
  expect(list.asked.map((one) => one.line1.trim().toLowerCase().replace('  ', ' ')).toSorted()).toEqual([
    '1 oak street',
    '2 oak street',
  ]);
  expect(await known(at('1 oak street'))).toMatchObject({ deliverability: 'undeliverable', standard: null });
  expect(await within((tx) => addressCheckProgress(tx, [...addresses, at('9 Elm Street')]))).toEqual({
    checked: 2,
    unchecked: 1,
    byDeliverability: { undeliverable: 2 },
  });
});

test('B-12: a check holds for ninety days; what the sandbox said does not count for the real list', async () => {
  const { companyId, within } = await begin();
  const [sandbox, list] = [fakeVerifier(undefined, { name: 'sandbox' }), fakeVerifier()];
  const [one, other] = street(2);
  await checkAddresses(db, companyId, [one!, other!], sandbox);
  await checkAddresses(db, companyId, [one!, other!], sandbox);
  expect(sandbox.asked).toHaveLength(2);
  await checkAddresses(db, companyId, [one!, other!], list);
  expect(list.asked).toHaveLength(2);
  await within((tx) =>
    tx.execute(sql`update address_checks set at = now() - interval '91 days' where address = ${postalKey(one!)}`),
  );
  expect(await checkAddresses(db, companyId, [one!, other!], list)).toEqual({ checked: 1, end: null });
  expect(list.asked.at(-1)).toEqual(one);
});

test('B-12: a crash in the middle loses no answer, and the next run asks for the rest alone', async () => {
  const { companyId, within } = await begin();
  const addresses = street(130);
  const list = fakeVerifier((address, call) => {
    if (call === 60) throw new Error('The process ends here.');
    return { deliverability: 'deliverable', standard: address };
  });
  await expect(checkAddresses(db, companyId, addresses, list)).rejects.toThrow('ends here');
  const { checked } = await within((tx) => addressCheckProgress(tx, addresses));
  expect(checked).toBeGreaterThan(30);
  const next = fakeVerifier();
  const end = await checkAddresses(db, companyId, addresses, next);
  expect(end).toEqual({ checked: next.asked.length, end: null });
  // What was under way when it ended was answered and written too, or is asked for again: nothing is lost.
  expect(next.asked.length).toBeLessThanOrEqual(130 - checked);
  expect(await within((tx) => addressCheckProgress(tx, addresses))).toMatchObject({ checked: 130, unchecked: 0 });
});

test('B-12: two runs at once hardly ask for the same', async () => {
  const { companyId } = await begin();
  const addresses = street(1_000);
  const slowly = fakeVerifier(async (address) => {
    await new Promise((done) => setImmediate(done));
    return { deliverability: 'deliverable', standard: address };
  });
  await Promise.all([
    checkAddresses(db, companyId, addresses, slowly),
    checkAddresses(db, companyId, addresses, slowly),
  ]);
  expect(slowly.asked.length).toBeGreaterThanOrEqual(1_000);
  expect(slowly.asked.length).toBeLessThan(1_400);
});

test('B-12: a provider that can’t be asked just now ends the run with when to come back; one that is blocked, with words', async () => {
  const { companyId, within } = await begin();
  const addresses = street(120);
  const busy = fakeVerifier((address, call) => {
    if (call > 50) throw new Retryable('Too many', 7, 'throttled');
    return { deliverability: 'deliverable', standard: address };
  });
  expect(await checkAddresses(db, companyId, addresses, busy)).toEqual({
    checked: 50,
    end: { kind: 'later', afterSeconds: 7 },
  });
  expect(busy.asked.length).toBeLessThan(75);
  const blocked = fakeVerifier(() => {
    throw new Blocked('The API key of Lob is not known there.');
  });
  expect(await checkAddresses(db, companyId, addresses, blocked)).toEqual({
    checked: 0,
    end: { kind: 'blocked', why: 'The API key of Lob is not known there.' },
  });
  const stopped = await checkAddresses(db, companyId, addresses, fakeVerifier(), { stopping: () => true });
  expect(stopped).toEqual({ checked: 0, end: { kind: 'stopped' } });
  expect(await within((tx) => addressCheckProgress(tx, addresses))).toMatchObject({ checked: 50, unchecked: 70 });
});

test('B-12: an account is asked no more often than Lob allows, all runs together', async () => {
  const { companyId } = await begin();
  const began: number[] = [];
  const list = fakeVerifier(
    (address) => {
      began.push(performance.now());
      return { deliverability: 'deliverable', standard: address };
    },
    { account: 'an-account' },
  );
  await Promise.all([
    checkAddresses(db, companyId, street(60), list),
    checkAddresses(db, companyId, street(120).slice(60), list),
  ]);
  expect(began).toHaveLength(120);
  const most = Math.max(...began.map((from) => began.filter((one) => one >= from && one < from + 1_000).length));
  expect(most).toBeLessThanOrEqual(60);
});

test('B-12: the Postal Service’s writing is kept where it is more than shorthand', async () => {
  const { companyId, known } = await begin();
  const short = { line1: '1 OAK ST', line2: '', city: 'CHATTANOOGA', state: 'TN', zip: '37402-1234' };
  const other = { ...short, line1: '2 OAK LEAF ST' };
  const list = fakeVerifier((address) => ({
    deliverability: 'deliverable',
    standard: address.line1.startsWith('1') ? short : other,
  }));
  const [one, two] = street(2);
  await checkAddresses(db, companyId, [one!, two!], list);
  expect((await known(one!))?.standard).toBeNull();
  expect((await known(two!))?.standard).toEqual(other);
});

test('B-12: the job looks up where a draft’s cards would go, and comes back for the rest', async () => {
  const { companyId, within } = await begin();
  const campaignId = await within(async (tx) => {
    const owes = await makeCustomer(tx);
    await makeLocation(tx, { customerId: owes.customerId, line1: '1 First Street', billing: false });
    await makeLocation(tx, { customerId: owes.customerId, line1: '2 Billing Street' });
    const other = await makeCustomer(tx);
    await makeLocation(tx, { customerId: other.customerId, line1: '3 Second Street' });
    for (const { customerId } of [owes, other]) await makeInvoice(tx, { customerId, dueOn: '2026-01-01' });
    await makeLocation(tx, { customerId: (await makeCustomer(tx)).customerId, line1: '4 Owes Nothing' });
    return (await makeCampaign(tx, { step: { channel: 'mail' } })).campaignId;
  });
  const list = fakeVerifier((address, call) => {
    if (call > 1) throw new Retryable('Busy', 60);
    return { deliverability: 'deliverable', standard: address };
  });
  const checking = { db, mailProvider: () => Promise.resolve(list) };
  const jobs = async () => {
    const [row] = await owner<{ count: number }[]>`select count(*)::int as count from graphile_worker.jobs
      where key = ${`addresses:${companyId}:${campaignId}`} and run_at > now() + interval '50 seconds'`;
    return row?.count;
  };
  expect(await checkAudience(checking, companyId, campaignId)).toMatchObject({ checked: 1, end: { kind: 'later' } });
  expect(await jobs()).toBe(1);
  await expect(checkAudience(checking, companyId, campaignId)).rejects.toThrow('just now');
  list.answer = (address) => ({ deliverability: 'deliverable', standard: address });
  expect(await checkAudience(checking, companyId, campaignId)).toEqual({ checked: 1, end: null });
  expect(new Set(list.asked.map((one) => one.line1))).toEqual(new Set(['2 Billing Street', '3 Second Street']));
  const blocked = { db, mailProvider: () => Promise.reject(new Blocked('No key.')) };
  const end = { kind: 'blocked', why: 'No key.' };
  expect(await checkAudience(blocked, companyId, campaignId)).toEqual({ checked: 0, end });
});

test('B-12: one address is looked up anew when somebody asks, and what stands against it is said', async () => {
  const { companyId, known } = await begin();
  const list = fakeVerifier();
  const [one] = street(1);
  const check = (address: PostalAddress, providerOf = () => Promise.resolve<Verifier>(list)) =>
    checkAddress(db, companyId, address, providerOf);
  expect(await check(one!)).toEqual({ ok: true });
  expect(await check(one!)).toEqual({ ok: true });
  expect(list.asked).toHaveLength(2);
  expect(await known(one!)).toMatchObject({ deliverability: 'deliverable' });
  const refused = (error: RegExp) => ({ ok: false, error: expect.stringMatching(error) });
  expect(await check(at('1 Oak Street', { city: '' }))).toEqual(refused(/street, city and ZIP/));
  expect(await check(one!, () => Promise.reject(new Blocked('No key is set.')))).toEqual(refused(/No key is set/));
  list.answer = () => {
    throw new Retryable('Busy');
  };
  expect(await check(one!)).toEqual(refused(/Try again in a minute/));
});

test('B-12: another company’s checks are its own', async () => {
  const [ours, theirs] = [await begin(), await begin()];
  const list = fakeVerifier();
  await checkAddresses(db, theirs.companyId, street(1), list);
  expect(await ours.known(street(1)[0]!)).toBeUndefined();
  await checkAddresses(db, ours.companyId, street(1), list);
  expect(list.asked).toHaveLength(2);
});
