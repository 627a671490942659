import { sql, type SQL } from 'drizzle-orm';

import { withCompany, type Db, type Tx } from '#db/client.ts';

import { inParallel } from './attempt.server.ts';
import { postalKey, type AddressCheck, type Deliverability, type PostalAddress } from './postal-address.ts';
import { isSameButShort } from './postal-shorthand.ts';
import { Blocked, Retryable, type MailProvider } from './provider.ts';
import { bookPlaces, placesInTurn, slowDown } from './rate.server.ts';

/** What looks addresses up, and whose account it is. */
export type Verifier = Pick<MailProvider, 'name' | 'account' | 'verify'>;

/** After so long an address is looked up again: people move, and so do streets. */
const FRESH_DAYS = 90;
/** 300 look-ups in 5 seconds (Lob's documentation), apart from what is sent. */
const LOOK_UPS_A_SECOND = 60;
/** So many addresses are looked up between two glances at what others have looked up meanwhile. */
const WINDOW = 100;
const CALLS = 20;
const LEAD_MS = 5;
/** Where no place in the budget could be had. */
const NO_PLACE_SECONDS = 5;

/**
 * How looking up ended before all were done. `later`: the provider can't be asked just now; `blocked`: it can't until somebody
 * acts, with what is to be done, in words; `stopped`: the process stops.
 */
export type CheckEnd = { kind: 'later'; afterSeconds: number } | { kind: 'blocked'; why: string } | { kind: 'stopped' };

/** `checked`: how many were asked of the provider and answered now. `end`: null when every address has its check. */
export type Checked = { checked: number; end: CheckEnd | null };

/**
 * Looks addresses up in the Postal Service's list (B-12): those that have no check, or one older than ninety days. Each answer is
 * written as it comes, so whatever ends this, the next run goes on from there. They are taken in any order: two runs at once
 * hardly ask for the same.
 * @param options.anew somebody asks for it: also those that were looked up lately
 */
export async function checkAddresses(
  db: Db,
  companyId: number,
  addresses: readonly PostalAddress[],
  provider: Verifier,
  options: { stopping?: () => boolean; anew?: boolean } = {},
): Promise<Checked> {
  const waiting = inAnyOrder(byKey(addresses));
  let checked = 0;
  let end: CheckEnd | null = null;
  const stop = () => {
    if (options.stopping?.()) end ??= { kind: 'stopped' };
    return end !== null;
  };
  while (waiting.length > 0 && !stop()) {
    const window = waiting.splice(0, WINDOW);
    const keys = window.map(([key]) => key);
    const done = options.anew ? none : await withCompany(db, companyId, (tx) => freshAmong(tx, keys, provider));
    const due = window.filter(([key]) => !done.has(key));
    const places = due.length > 0 ? await placesFor(db, provider, due.length, stop) : null;
    await inParallel(due, { limit: CALLS, stop }, async ([key, address]) => {
      if (places && !(await places.next())) {
        if (!stop()) end = { kind: 'later', afterSeconds: NO_PLACE_SECONDS };
        return;
      }
      try {
        const check = await provider.verify(address);
        await withCompany(db, companyId, (tx) => writeCheck(tx, key, address, check, provider));
        checked++;
      } catch (error) {
        end ??= endOf(error);
        if (error instanceof Retryable && error.why === 'throttled' && places) await places.slower();
      }
    });
  }
  return { checked, end };
}

const none: ReadonlySet<string> = new Set();

/**
 * Looks one address up, as somebody asked for just now.
 * @returns in words why it can't be
 */
export async function checkAddress(
  db: Db,
  companyId: number,
  address: PostalAddress,
  providerOf: (companyId: number) => Promise<Verifier>,
): Promise<{ ok: true } | { ok: false; error: string }> {
  if (postalKey(address) === '') return { ok: false, error: 'Enter street, city and ZIP first.' };
  try {
    const { end } = await checkAddresses(db, companyId, [address], await providerOf(companyId), { anew: true });
    if (end === null) return { ok: true };
    const later = 'The Postal Service’s list can’t be asked just now. Try again in a minute.';
    return { ok: false, error: end.kind === 'blocked' ? end.why : later };
  } catch (error) {
    if (error instanceof Blocked) return { ok: false, error: error.message };
    throw error;
  }
}

/** The provider's shared budget, under a name of its own; null where there is nothing to share. */
async function placesFor(db: Db, { account }: Verifier, count: number, stop: () => boolean) {
  if (account === null) return null;
  const shared = `${account}:verify`;
  const booked = await bookPlaces(db, shared, count, LOOK_UPS_A_SECOND, { leadMs: LEAD_MS });
  return {
    next: placesInTurn(db, shared, LOOK_UPS_A_SECOND, booked, { stop }),
    slower: () => slowDown(db, shared, booked.bookedAt),
  };
}

/** @throws what says nothing about the provider: the database's errors, and our own */
function endOf(error: unknown): CheckEnd {
  if (error instanceof Blocked) return { kind: 'blocked', why: error.message };
  if (error instanceof Retryable) return { kind: 'later', afterSeconds: error.retryAfterSeconds };
  throw error;
}

/** Each address once, by its key; what is no address is left out. */
function byKey(addresses: readonly PostalAddress[]): [string, PostalAddress][] {
  const known = new Map(addresses.map((address) => [postalKey(address), address]));
  known.delete('');
  return [...known];
}

function inAnyOrder<T>(items: T[]): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}

/** Whether a check `k` still says something to this provider: what the sandbox said counts for the sandbox alone. */
export const isFresh = (provider: Verifier['name']): SQL =>
  sql`(k.at > now() - make_interval(days => ${FRESH_DAYS}::int) and (k.provider <> 'sandbox' or ${provider}::text = 'sandbox'))`;

/** Those that need not be asked for. */
async function freshAmong(tx: Tx, keys: readonly string[], { name }: Verifier): Promise<ReadonlySet<string>> {
  const rows = await tx.execute<{ address: string }>(sql`
    select address from address_checks k where address = any(${sql.param(keys)}::text[]) and ${isFresh(name)}`);
  return new Set(rows.map((row) => row.address));
}

/** In place of a provider's name: the office's word that an address stays as it is. */
export const OFFICE = 'office';

/**
 * Writes what was learned of an address. The Postal Service's writing is kept where it is more than shorthand for the one we have;
 * what the office said to keep as it is stays so as long as the answer is the same.
 */
async function writeCheck(
  tx: Tx,
  key: string,
  address: PostalAddress,
  { deliverability, standard }: AddressCheck,
  { name }: Verifier,
): Promise<void> {
  const other = standard && !isSameButShort(address, standard) ? JSON.stringify(standard) : null;
  const kept = sql`k.provider = ${OFFICE} and k.deliverability = excluded.deliverability`;
  await tx.execute(sql`
    insert into address_checks as k (address, deliverability, standard, provider)
    values (${key}, ${deliverability}, ${other}::jsonb, ${name})
    on conflict (company_id, address) do update
      set deliverability = excluded.deliverability, at = now(),
          standard = case when ${kept} then null else excluded.standard end,
          provider = case when ${kept} then k.provider else excluded.provider end`);
}

export type KnownCheck = AddressCheck & { at: string };

/** What is known of addresses, by `postalKey`. */
export async function readAddressChecks(
  tx: Tx,
  addresses: readonly PostalAddress[],
): Promise<ReadonlyMap<string, KnownCheck>> {
  const rows = await tx.execute<{ address: string; at: string } & AddressCheck>(sql`
    select address, deliverability, standard, at from address_checks
     where address = any(${sql.param(byKey(addresses).map(([key]) => key))}::text[])`);
  return new Map(
    rows.map(({ address, deliverability, standard, at }) => [
      address,
      { deliverability, standard, at: new Date(at).toISOString() },
    ]),
  );
}

/** Each address with what is known of it, null where it was not looked up; `key` is empty where it is no address. */
export async function addressChecksOf<Place extends PostalAddress>(tx: Tx, places: readonly Place[]) {
  const checks = await readAddressChecks(tx, places);
  return places.map((place) => {
    const key = postalKey(place);
    return { ...place, key, check: checks.get(key) ?? null };
  });
}

export type CheckProgress = {
  checked: number;
  unchecked: number;
  byDeliverability: Partial<Record<Deliverability, number>>;
};

/** How many of these addresses were looked up, and with what answer. Each counts once. */
export async function addressCheckProgress(tx: Tx, addresses: readonly PostalAddress[]): Promise<CheckProgress> {
  const checks = await readAddressChecks(tx, addresses);
  const byDeliverability: CheckProgress['byDeliverability'] = {};
  for (const { deliverability } of checks.values()) {
    byDeliverability[deliverability] = (byDeliverability[deliverability] ?? 0) + 1;
  }
  return { checked: checks.size, unchecked: byKey(addresses).length - checks.size, byDeliverability };
}
