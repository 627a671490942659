import { sql } from 'drizzle-orm';

import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import type { Channel } from '#db/schema/columns.ts';
import { messageContents, messages, type MessageAttachment } from '#db/schema/index.ts';
import { countText } from '#builders/sms/segments.ts';

import type { Addresses } from './addresses.ts';
import { attachedTo, type Attach, type Attached } from './attached.server.ts';
import { attempt, untilItHolds, wasCut, type Attempt } from './attempt.server.ts';
import { lookAgainAt, passBreaker, reportWindow, type Pass } from './breaker.server.ts';
import { mark, waitUntil, type Marked } from './mark.server.ts';
import { composePlainMime, type Mailbox } from './mime.server.ts';
import { recordOutcomes, type Recorded } from './outcomes.server.ts';
import { bookPlaces, placesInTurn, type Places } from './rate.server.ts';
import { Blocked, Retryable, type EmailProvider, type Provider, type TextProvider } from './provider.ts';
import { suppressRefused } from './refused.server.ts';
import { loadSender, type Sender } from './sender.server.ts';
import { messageToken } from './token.server.ts';

/** Kinds of emails. */
export type TransactionalKind =
  | 'portal_invitation'
  | 'portal_reset'
  | 'receipt'
  | 'payment_failed'
  | 'invoice'
  | 'statement'
  | 'staff_invitation'
  | 'test';

export type TransactionalEmail = {
  kind: TransactionalKind;
  to: string;
  customerId?: number | null;
  invoiceId?: number | null;
  subject: string;
  html: string;
  text: string;
  /** What goes along: it is made when the message is sent. */
  attachment?: MessageAttachment | null;
};

/**
 * Writes an email to one person and asks for it to be sent, in the caller's transaction: it goes out if and only if the
 * change does that it tells of. Test sends carry `[Test] ` in front of their subject.
 * @returns the message's id
 */
export async function sendTransactional(tx: Tx, email: TransactionalEmail): Promise<number> {
  const [message] = await tx
    .insert(messages)
    .values({
      kind: email.kind,
      address: email.to.trim().toLowerCase(),
      customerId: email.customerId ?? null,
      invoiceId: email.invoiceId ?? null,
    })
    .returning({ id: messages.id, companyId: messages.companyId });
  const { id, companyId } = message!;
  const subject =
    email.kind === 'test' && !email.subject.startsWith('[Test] ') ? `[Test] ${email.subject}` : email.subject;
  const { html, text, attachment = null } = email;
  await tx.insert(messageContents).values({ messageId: id, subject, html, text, attachment });
  await addJob(tx, 'message.send', { companyId, messageId: id });
  return id;
}

export type TransactionalText = {
  /**
   * `keyword_answer` answers STOP, START and HELP: it goes out to a number that is out, too. `invoice_text` carries a payment
   * link, and is looked at once more before it goes out: see sms-invoice-gate.server.ts.
   */
  kind: 'reply' | 'keyword_answer' | 'receipt' | 'test' | 'invoice_text';
  /** E.164. */
  to: string;
  customerId?: number | null;
  invoiceId?: number | null;
  /** Written once the message's id is known, where its short links need it. */
  body: string | ((messageId: number) => Promise<string>);
  /** When sending hours begin, where it waits for them. */
  sendAt?: Date | null;
};

/** The same for a text. @returns the message's id */
export async function sendTransactionalText(tx: Tx, text: TransactionalText): Promise<number> {
  const { kind, to: address, customerId = null, invoiceId = null, body, sendAt = null } = text;
  const [message] = await tx
    .insert(messages)
    .values({ kind, channel: 'sms', address, customerId, invoiceId })
    .returning({ id: messages.id, companyId: messages.companyId });
  const { id, companyId } = message!;
  await tx
    .insert(messageContents)
    .values({ messageId: id, subject: '', html: '', text: typeof body === 'string' ? body : await body(id) });
  if (sendAt) {
    await waitUntil(tx, id, sendAt);
    await putOff(tx, { companyId, messageId: id }, sendAt);
  } else await addJob(tx, 'message.send', { companyId, messageId: id });
  return id;
}

/** What sending single messages needs of its surroundings. */
export type TransactionalSending = {
  db: Db;
  secret: string;
  addresses: Addresses;
  provider: (companyId: number) => Promise<EmailProvider>;
  textProvider: (companyId: number) => Promise<TextProvider>;
  /** Makes what goes along with a message; null where what it shows is gone. Without it nothing that has one is sent. */
  attach?: Attach;
  /** True once the process was asked to stop: nobody waits for a place in the rate any longer. */
  stopping?: () => boolean;
  /** Aborted when a stopping process can't wait for the provider's answer any longer. */
  giveUp?: AbortSignal;
};

/**
 * Sends one transactional message, once. Consent does not stop it, since its recipient asked for it; an address that
 * bounced or complained does.
 * @param options.last true when this is the last try: what is then still refused counts as failed
 * @throws Retryable when the provider took nothing, so that the job is tried again
 */
export async function sendMessage(
  sending: TransactionalSending,
  job: { companyId: number; messageId: number },
  options: { last: boolean } = { last: false },
): Promise<void> {
  const { db } = sending;
  const { companyId, messageId } = job;
  const stopping = () => sending.stopping?.() ?? false;
  // All that can fail without a message being handed over comes before it is marked.
  const channel = await channelOf(db, companyId, messageId);
  const attached = channel === 'email' ? await attachedTo(db, job, sending.attach, options.last) : null;
  const route = await prepareRoute(sending, companyId, channel);
  if (typeof route === 'string' && !options.last) throw new Retryable(route);
  if (typeof route !== 'string' && route.pass.kind === 'open') {
    const { account } = route.provider;
    await withCompany(db, companyId, async (tx) => putOff(tx, job, await lookAgainAt(tx, account)));
    return;
  }
  if (typeof route !== 'string' && !(await nearly(route, stopping))) {
    await withCompany(db, companyId, async (tx) => {
      await report(tx, route, []);
      await putOff(tx, job);
    });
    return;
  }
  const marked = await withCompany(db, companyId, (tx) => mark(tx, messageId, sending));
  if (marked instanceof Date) {
    await withCompany(db, companyId, (tx) => putOff(tx, job, marked));
  }
  if (!marked || marked instanceof Date) {
    if (typeof route !== 'string') await withCompany(db, companyId, (tx) => report(tx, route, []));
    return;
  }
  const result =
    typeof route === 'string' ? blocked(route) : await handInTurn(db, route, { ...marked, attached }, stopping);
  const provider = typeof route === 'string' ? '' : route.provider.name;
  const outcome = recorded(marked.id, result, provider, options.last);
  await untilItHolds(() =>
    withCompany(db, companyId, async (tx) => {
      await recordOutcomes(tx, [outcome]);
      if (result.kind === 'failed' && result.suppress) {
        const { id, customerId, address } = marked;
        await suppressRefused(tx, { messageId: id, customerId, address }, result.suppress);
      }
      if (result.kind === 'stopped') await putOff(tx, job);
      if (typeof route !== 'string') await report(tx, route, isHeard(result) ? [result] : []);
    }),
  );
  if ((result.kind === 'retry' || result.kind === 'blocked') && !options.last) throw new Retryable(result.reason);
}

/** Waiting is no try: the job is written anew for then. */
const putOff = (tx: Tx, job: { companyId: number; messageId: number }, runAt?: Date) =>
  addJob(tx, 'message.send', job, {
    ...(runAt ? { runAt } : {}),
    key: `message:${job.companyId}:${job.messageId}`,
  });

/** By whom messages of a channel go, and how one is written: what comes back hands it over. */
type Way = {
  provider: Omit<Provider<never>, 'send' | 'find'>;
  write: (marked: Marked & { attached: Attached }) => (() => Promise<Attempt>) | Unwritten;
};
type Route = Way & { pass: Pass; place: { rate: number; booked: Places } | null };
type Unwritten = { kind: 'unwritten' };
/** Marked and not handed over: no place in the rate was had, since the process stops or the database is away. */
type Stopped = { kind: 'stopped' };

const blocked = (reason: string): Attempt => ({ kind: 'blocked', reason });

/** What the provider itself said. */
const isHeard = (result: Attempt | Unwritten | Stopped): result is Attempt =>
  result.kind !== 'unwritten' && result.kind !== 'stopped' && !wasCut(result);

/** A message is marked and written so long before its place in the rate: its call then begins right in time. */
const LEAD_MS = 40;

/** Waits until shortly before the message's place. @returns false when the process stops */
async function nearly({ place }: Route, stopping: () => boolean): Promise<boolean> {
  const until = (place?.booked.firstAt ?? 0) - LEAD_MS;
  for (let left = until - performance.now(); left > 0.5 && !stopping(); left = until - performance.now()) {
    await new Promise((done) => setTimeout(done, Math.min(left, 200)));
  }
  return !stopping();
}

/** Writes the message, then calls in its place; a call that would be late for it takes a place behind the others. */
async function handInTurn(
  db: Db,
  { provider, place, write }: Route,
  marked: Marked & { attached: Attached },
  stopping: () => boolean,
): Promise<Attempt | Unwritten | Stopped> {
  const call = write(marked);
  if (typeof call !== 'function') return call;
  const inTurn = place && placesInTurn(db, provider.account!, place.rate, place.booked, { stop: stopping });
  if (inTurn && !(await inTurn())) return { kind: 'stopped' };
  return call();
}

/** Postcards go out with campaigns alone. */
const noWay = () => Promise.resolve('Single postcards can’t be sent.');

/** A message is never changed from one channel to another. */
async function channelOf(db: Db, companyId: number, messageId: number): Promise<Channel> {
  const [row] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ channel: Channel }>(sql`select channel from messages where id = ${messageId}`),
  );
  return row?.channel ?? 'email';
}

/** @returns a text when nothing can be sent until somebody acts: why */
async function prepareRoute(
  sending: TransactionalSending,
  companyId: number,
  channel: Channel,
): Promise<Route | string> {
  try {
    const way = await { email: emailWay, sms: textWay, mail: noWay }[channel](sending, companyId);
    if (typeof way === 'string') return way;
    const { provider } = way;
    const pass = await passBreaker(sending.db, provider.account);
    const route = { ...way, pass, place: null };
    if (pass.kind === 'open') return route;
    const rate = await provider.rate();
    if (provider.account === null || !Number.isFinite(rate)) return route;
    return {
      ...route,
      place: { rate, booked: await bookPlaces(sending.db, provider.account, 1, rate, { leadMs: LEAD_MS }) },
    };
  } catch (error) {
    if (error instanceof Blocked) return error.message;
    throw error;
  }
}

const report = (tx: Tx, { provider, pass, place }: Route, results: Attempt[]) =>
  reportWindow(tx, provider, { pass, results, bookedAt: place?.booked.bookedAt ?? null });

/** @returns a text when nothing can be sent until somebody acts: why */
async function emailWay(sending: TransactionalSending, companyId: number): Promise<Way | string> {
  const provider = await sending.provider(companyId);
  const sender = await withCompany(sending.db, companyId, (tx) =>
    loadSender(tx, { addresses: sending.addresses, secret: sending.secret, standIn: provider.name === 'sandbox' }),
  );
  const { from } = sender;
  if (!from) return 'No From address is set.';
  return { provider, write: (marked) => writeEmail(sending, { companyId, provider, sender, from }, marked) };
}

/** An answer that comes hours late says nothing any more, and may come at night. */
const TEXT_VALID_SECONDS = 3600;

async function textWay(sending: TransactionalSending, companyId: number): Promise<Way> {
  const provider = await sending.textProvider(companyId);
  const write = (marked: Marked) => () =>
    attempt(
      provider,
      {
        messageId: marked.id,
        token: messageToken(sending.secret, companyId, marked.id),
        to: marked.address,
        body: marked.text,
        parts: countText(marked.text).parts,
        validForSeconds: TEXT_VALID_SECONDS,
      },
      sending.giveUp,
    );
  return { provider, write };
}

function writeEmail(
  sending: TransactionalSending,
  { companyId, provider, sender, from }: { companyId: number; provider: EmailProvider; sender: Sender; from: Mailbox },
  marked: Marked & { attached: Attached },
): (() => Promise<Attempt>) | Unwritten {
  const { attached } = marked;
  if (attached === 'missing') return { kind: 'unwritten' };
  const token = messageToken(sending.secret, companyId, marked.id);
  let written: { subject: string; mime: string };
  try {
    written = composePlainMime({
      from,
      to: { name: marked.name ?? '', address: marked.address },
      ...(sender.replyTo ? { replyTo: sender.replyTo } : {}),
      messageId: `${token}@${sender.domain}`,
      date: new Date(),
      headers: { 'Auto-Submitted': 'auto-generated' },
      subject: marked.subject,
      html: marked.html,
      text: marked.text,
      ...(attached ? { attached } : {}),
    });
  } catch {
    return { kind: 'unwritten' };
  }
  const message = { messageId: marked.id, token, from: from.address, to: marked.address, ...written };
  return () => attempt(provider, message, sending.giveUp);
}

function recorded(id: number, result: Attempt | Unwritten | Stopped, provider: string, last: boolean): Recorded {
  const base = { id, provider, providerId: null, reason: null };
  switch (result.kind) {
    case 'sent':
      return { ...base, state: 'sent', providerId: result.providerId };
    case 'failed':
      return { ...base, state: 'failed', reason: result.reason };
    case 'unwritten':
      return { ...base, state: 'failed', reason: 'render' };
    case 'unknown':
      return { ...base, state: 'unknown', reason: wasCut(result) ? 'interrupted' : 'no_answer' };
    case 'stopped':
      return { ...base, state: 'planned' };
    default:
      return last ? { ...base, state: 'failed', reason: 'gave_up' } : { ...base, state: 'planned' };
  }
}
