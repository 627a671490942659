import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { SendRawEmailCommand, SESClient } from '@aws-sdk/client-ses';
import { sql, type SQL } from 'drizzle-orm';

import { sendRange, windowSizeFor } from '#app/campaigns/send.server.ts';
import { recordEvents } from '#app/messaging/events.server.ts';
import { composeMime, prepareMime } from '#app/messaging/mime.server.ts';
import type { EmailProvider } from '#app/messaging/provider.ts';
import { sesProvider } from '#app/messaging/providers/ses.server.ts';
import type { CompiledEmail } from '#builders/email/render.ts';
import { withCompany } from '#db/client.ts';
import { sendingWith } from '#tests/fakes/sending.ts';

import type { BenchFigure } from './figure.ts';
import { companyWithDebtors, outgoing, shortEmail, type Outgoing } from './outgoing.ts';
import { benchPlace, median, type BenchPlace } from './place.ts';
import { emailOf40KB, messageFor } from './render.ts';

export const name = 'dispatch';

const SES_MESSAGES = 3_000;
/** Twelve ranges: as many for each run, so that none is idle at the end. */
const NOOP_MESSAGES = 30_000;
const ROUNDS = 3;
/** What the engine takes at a time (`windowSizeFor`) where there is no limit, and at the rates of SES. */
const NOOP_WINDOW = windowSizeFor(Number.POSITIVE_INFINITY);
const SES_WINDOW = windowSizeFor(200);
/** Sizes beside the one that is in use: what smaller windows cost, and what larger ones would give. */
const OTHER_WINDOWS = [SES_WINDOW, 2 * NOOP_WINDOW];
/** Ranges that one worker sends at a time (workers/worker.ts), and so the lanes of what it is compared with. */
const RUNS = 3;
/** Calls in the air at a time, over all lanes: 40 a run, as the engine has. */
const CALLS = 40 * RUNS;

/**
 * The whole engine (lease, gate, links, MIME, record) against the least that the same work can be.
 * - SES: a 40 KB email through the real adapter to a stub in another process, against a bare loop with the same SDK client
 *   and ready MIME. Target: 0.75 or more.
 * - No-op provider, short email: against the bare range loop, two durable updates a window in plain SQL and nothing
 *   rendered. Target: 10,000 a second and 0.25 or more. Then with a delivery event recorded for each message, also against a loop
 *   that writes an event for each.
 * Rounds alternate and the median counts.
 */
export async function run(): Promise<BenchFigure[]> {
  const place = await benchPlace();
  try {
    const companyId = await companyWithDebtors(place.db, NOOP_MESSAGES);
    return [...(await throughSes(place, companyId)), ...(await withoutProvider(place, companyId))];
  } finally {
    await place.close();
  }
}

async function throughSes(place: BenchPlace, companyId: number): Promise<BenchFigure[]> {
  const email = await emailOf40KB();
  const stub = fork(join(import.meta.dirname, 'ses-stub.ts'), { execArgv: ['--import', 'tsx'] });
  const [port] = (await once(stub, 'message')) as [number];
  const keys = { region: 'us-east-1', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };
  const endpoint = `http://127.0.0.1:${port}`;
  const ours: number[] = [];
  const bare: number[] = [];
  const provider = sesProvider({ ...keys, endpoint });
  const client = bareClient(keys, endpoint);
  const mimes = readyMimes(email);
  for (let round = 0; round <= ROUNDS; round++) {
    const campaign = await outgoing(place, companyId, email, SES_MESSAGES);
    const mine = await rateOf(SES_MESSAGES, () => send(place, campaign, provider));
    await expectSent(place, campaign, SES_MESSAGES);
    const theirs = await rateOf(SES_MESSAGES, () => bareLoop(client, mimes));
    if (round === 0) continue; // warms up
    ours.push(mine);
    bare.push(theirs);
  }
  stub.disconnect();
  const ratio = median(ours.map((rate, round) => rate / bare[round]!));
  return [
    { bench: name, metric: '40 KB email through SES adapter', value: median(ours), unit: '/s', ratio },
    { bench: name, metric: 'bare loop, same SDK, ready MIME', value: median(bare), unit: '/s' },
  ];
}

async function withoutProvider(place: BenchPlace, companyId: number): Promise<BenchFigure[]> {
  const email = await shortEmail();
  const ours: number[] = [];
  const bare: number[] = [];
  const told: number[] = [];
  const bareTold: number[] = [];
  const others = OTHER_WINDOWS.map((size) => ({ size, ours: [] as number[], bare: [] as number[] }));
  for (let round = 0; round <= ROUNDS; round++) {
    const campaign = await outgoing(place, companyId, email);
    const mine = await rateOf(NOOP_MESSAGES, () => send(place, campaign, noop()));
    await expectSent(place, campaign, NOOP_MESSAGES);
    const withEvents = await outgoing(place, companyId, email);
    const events = await rateOf(NOOP_MESSAGES, () => sendAndTell(place, withEvents));
    await expectTold(place, withEvents, NOOP_MESSAGES);
    const again = await outgoing(place, companyId, email);
    const theirs = await rateOf(NOOP_MESSAGES, () => bareRanges(place, again));
    await expectSent(place, again, NOOP_MESSAGES);
    const againWithEvents = await outgoing(place, companyId, email);
    const theirEvents = await rateOf(NOOP_MESSAGES, () => bareRanges(place, againWithEvents, NOOP_WINDOW, true));
    await expectTold(place, againWithEvents, NOOP_MESSAGES);
    for (const { size, ours, bare } of others) {
      const inOther = await outgoing(place, companyId, email);
      ours.push(await rateOf(NOOP_MESSAGES, () => send(place, inOther, noop(), size)));
      const againInOther = await outgoing(place, companyId, email);
      bare.push(await rateOf(NOOP_MESSAGES, () => bareRanges(place, againInOther, size)));
    }
    if (round === 0) {
      for (const other of others) other.ours.length = other.bare.length = 0;
      continue;
    }
    ours.push(mine);
    told.push(events);
    bare.push(theirs);
    bareTold.push(theirEvents);
  }
  const against = (rates: number[], base = bare) => median(rates.map((rate, round) => rate / base[round]!));
  return [
    {
      bench: name,
      metric: `no-op provider, ${kb(email)} email`,
      value: median(ours),
      unit: '/s',
      ratio: against(ours),
    },
    {
      bench: name,
      metric: `no-op provider, ${kb(email)} email, a delivery event each`,
      value: median(told),
      unit: '/s',
      ratio: against(told),
    },
    {
      bench: name,
      metric: 'the same, against a bare loop that writes the events too',
      value: median(told),
      unit: '/s',
      ratio: against(told, bareTold),
    },
    { bench: name, metric: 'bare range loop', value: median(bare), unit: '/s' },
    { bench: name, metric: 'bare range loop, a delivery event each', value: median(bareTold), unit: '/s' },
    ...others.flatMap(({ size, ours: rates, bare: base }) => [
      {
        bench: name,
        metric: `no-op provider, windows of ${size}`,
        value: median(rates),
        unit: '/s',
        ratio: against(rates, base),
      },
      { bench: name, metric: `bare range loop, windows of ${size}`, value: median(base), unit: '/s' },
    ]),
  ];
}

const kb = (email: CompiledEmail) => `${(email.sizeBytes / 1024).toFixed(1)} KB`;

async function rateOf(messages: number, work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return messages / ((performance.now() - begun) / 1000);
}

/** Takes everything at once and does nothing with it. */
function noop(taken?: (messageId: number) => void): EmailProvider {
  return {
    name: 'sandbox',
    account: null,
    rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
    send: (message) => {
      taken?.(message.messageId);
      return Promise.resolve({ kind: 'sent', providerId: `noop-${message.messageId}` });
    },
  };
}

/** All ranges, as many at a time as a worker takes. */
async function send(
  { db }: BenchPlace,
  campaign: Outgoing,
  provider: EmailProvider,
  windowSize = NOOP_WINDOW,
): Promise<void> {
  // A range is given back after a turn; here each is sent whole, however slow the machine.
  const sending = sendingWith(db, provider, { windowSize, turnSeconds: 600 });
  await lanes(campaign.ranges, RUNS, async (rangeId) => {
    const end = await sendRange(sending, { companyId: campaign.companyId, rangeId });
    if (end !== 'done') throw new Error(`A range ended as ${end}`);
  });
}

/** As `send`, and each message's delivery is told once it went out, in groups as webhooks and the sandbox bring them. */
async function sendAndTell(place: BenchPlace, campaign: Outgoing): Promise<void> {
  const taken: number[] = [];
  const state = { sending: true };
  const tell = async () => {
    while (state.sending || taken.length > 0) {
      const group = taken.splice(0, 500);
      if (group.length === 0) await new Promise((done) => setTimeout(done, 5));
      else {
        await withCompany(place.db, campaign.companyId, (tx) =>
          recordEvents(
            tx,
            group.map((messageId) => ({
              messageId,
              kind: 'delivered',
              dedupeKey: `bench:${messageId}`,
              details: {},
              at: new Date(),
            })),
          ),
        );
      }
    }
  };
  const telling = tell();
  await send(
    place,
    campaign,
    noop((id) => taken.push(id)),
  );
  state.sending = false;
  await telling;
}

/**
 * The least that sending by ranges can be: what is marked and what was sent, durably, in windows of the same size.
 * @param withEvents a delivery event each, too, and when the message was delivered
 */
async function bareRanges(
  { db }: BenchPlace,
  campaign: Outgoing,
  windowSize = NOOP_WINDOW,
  withEvents = false,
): Promise<void> {
  await lanes(campaign.ranges, RUNS, async (rangeId) => {
    const write = (statement: SQL) => withCompany(db, campaign.companyId, (tx) => tx.execute(statement));
    const [range] = await withCompany(db, campaign.companyId, (tx) =>
      tx.execute<{ from: number; to: number }>(
        sql`select from_id as "from", to_id as "to" from message_ranges where id = ${rangeId}`,
      ),
    );
    for (let from = range!.from; from <= range!.to; from += windowSize) {
      const to = Math.min(from + windowSize - 1, range!.to);
      const window = sql`step_id = ${campaign.stepId} and id between ${from} and ${to}`;
      await write(
        sql`update messages set state = 'attempting', attempted_at = now() where ${window} and state = 'planned'`,
      );
      await write(sql`update messages set state = 'sent', sent_at = now() where ${window} and state = 'attempting'`);
      if (withEvents)
        await write(sql`
          with told as (update messages set delivered_at = now() where ${window} and state = 'sent' returning id)
          insert into message_events (message_id, kind, dedupe_key) select id, 'delivered', 'bench:' || id from told`);
    }
  });
}

const expectSent = (place: BenchPlace, campaign: Outgoing, count: number) =>
  expectAll(place, campaign, count, sql`state = 'sent'`);

const expectTold = (place: BenchPlace, campaign: Outgoing, count: number) =>
  expectAll(
    place,
    campaign,
    count,
    sql`state = 'sent' and delivered_at is not null and exists (select from message_events where message_id = messages.id)`,
  );

async function expectAll({ db }: BenchPlace, campaign: Outgoing, count: number, so: SQL): Promise<void> {
  const [row] = await withCompany(db, campaign.companyId, (tx) =>
    tx.execute<{ n: number }>(
      sql`select count(*)::int as n from messages where step_id = ${campaign.stepId} and ${so}`,
    ),
  );
  if (row?.n !== count) throw new Error(`${row?.n} of ${count} messages are where they belong`);
}

function bareClient(
  { region, ...credentials }: { region: string; accessKeyId: string; secretAccessKey: string },
  endpoint: string,
): SESClient {
  return new SESClient({
    region,
    credentials,
    endpoint,
    maxAttempts: 1,
    requestHandler: { httpAgent: { maxSockets: 128, keepAlive: true } },
  });
}

async function bareLoop(client: SESClient, mimes: readonly string[]): Promise<void> {
  const numbers = Array.from({ length: SES_MESSAGES }, (_, index) => index);
  await lanes(numbers, CALLS, async (index) => {
    await client.send(
      new SendRawEmailCommand({
        Source: 'office@brightwater.example',
        Destinations: [`customer${index}@mail.example`],
        RawMessage: { Data: Buffer.from(mimes[index % mimes.length]!, 'latin1') },
        Tags: [{ Name: 'message', Value: `token-${index}` }],
      }),
    );
  });
}

function readyMimes(email: CompiledEmail): string[] {
  const prepared = prepareMime(email);
  return Array.from({ length: 50 }, (_, index) => composeMime(prepared, messageFor(index)).mime);
}

async function lanes<T>(items: readonly T[], count: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: count }, lane));
}
