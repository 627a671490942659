import { ruleWords } from '#app/audiences/rule-words.ts';
import { formatDay, formatInstant, formatNoun } from '#app/ui/format.ts';

import { factOf } from './message-timeline.ts';
import { explainReason } from './reasons.ts';
import type { Why, WhyInvoice, WhyMessage } from './why.server.ts';

/** Why a customer did, or did not, get a campaign, in one sentence (B-04). */
export function whySentence(why: Why, timeZone: string): string {
  const { customer, invoices, campaign } = why;
  const messages = invoices.flatMap((invoice) => invoice.messages);
  const [only] = messages;
  if (messages.length === 1 && only)
    return messageSentence(customer.name, only, campaign.status === 'paused', timeZone);
  if (messages.length > 1) return countSentence(customer.name, messages, timeZone);
  if (campaign.status === 'launching')
    return 'The audience is being made into messages just now. Look again in a moment.';
  if (campaign.status === 'draft') return draftSentence(why, timeZone);
  return `${customer.name} did not get it: ${leftOut(why, timeZone)}.`;
}

function messageSentence(name: string, message: WhyMessage, paused: boolean, timeZone: string): string {
  return fateSentence(name, message, paused, timeZone) + waitSentence(message, timeZone);
}

/** What a message that is past its wait had waited for (B-14). */
function waitSentence({ state, waitedUntil }: WhyMessage, timeZone: string): string {
  if (waitedUntil === null || state === 'deferred') return '';
  return ` It had been put off until ${formatInstant(waitedUntil, timeZone)}, for sending hours where the customer is.`;
}

function fateSentence(name: string, message: WhyMessage, paused: boolean, timeZone: string): string {
  const at = (instant: string) => formatInstant(instant, timeZone);
  const reason = reasonClause(message, timeZone);
  switch (message.state) {
    case 'planned':
    case 'attempting':
      return paused
        ? `${name} has not got it yet: the campaign is paused.`
        : `${name} has not got it yet: its turn is ${at(message.sendAt)}.`;
    case 'deferred':
      return `${name} has not got it yet: it waits until ${at(message.sendAt)}${reason && `, since ${reason}`}.`;
    case 'skipped':
    case 'failed':
      return `${name} did not get it: ${reason || 'no reason was kept'}.`;
    case 'unknown':
      return `Nobody knows whether ${name} got it: ${reason || 'the provider did not answer'}.`;
    default:
      return sentSentence(name, message, timeZone);
  }
}

function sentSentence(name: string, message: WhyMessage, timeZone: string): string {
  const sent = message.sentAt ? formatDay(message.sentAt, timeZone) : 'a day that was not kept';
  if (message.bouncedAt) return `${name} did not get it: it was sent on ${sent} and came back.`;
  if (message.complainedAt) return `${name} got it on ${sent} and reported it as spam.`;
  if (message.clickedAt) return `${name} got it on ${sent} and followed a link in it.`;
  if (message.openedAt) return `${name} got it on ${sent} and opened it.`;
  if (message.deliveredAt) return `${name} got it on ${sent}. Nobody has opened it that we know of.`;
  return `It was sent to ${name} on ${sent}. The provider has not told yet whether it arrived.`;
}

const arrived = (message: WhyMessage) => message.state === 'sent' && message.bouncedAt === null;

function countSentence(name: string, messages: readonly WhyMessage[], timeZone: string): string {
  const got = messages.filter(arrived).length;
  const waiting = messages.filter((one) => ['planned', 'deferred', 'attempting'].includes(one.state)).length;
  const later = waiting > 0 ? ` ${formatNoun(waiting, 'message')} ${waiting === 1 ? 'is' : 'are'} still to come.` : '';
  if (got === messages.length) return `${name} got all ${got} messages.`;
  if (got > 0) return `${name} got ${got} of ${messages.length} messages.${later}`;
  if (waiting === messages.length) return `${name} has not got any of ${waiting} messages yet.`;
  const reasons = new Set(messages.map((one) => reasonClause(one, timeZone)));
  const [reason] = reasons;
  return reasons.size === 1 && reason
    ? `${name} got none of ${messages.length} messages: ${reason}.`
    : `${name} got none of ${messages.length} messages.${later}`;
}

function draftSentence(why: Why, timeZone: string): string {
  const { customer, invoices } = why;
  const would = invoices.flatMap((one) => (one.standing.kind === 'would' ? [{ ...one, ...one.standing }] : []));
  const gets = would.filter((one) => one.exclusion === null);
  const [first] = gets;
  if (first && gets.length === 1) return `${customer.name} would get it now, about invoice ${first.number}.`;
  if (gets.length > 1) return `${customer.name} would get it now, about ${gets.length} invoices.`;
  const [out] = would;
  if (out?.exclusion) return `${customer.name} would not get it now: ${clause(explainReason(out.exclusion).why)}.`;
  return `${customer.name} would not get it now: ${leftOut(why, timeZone)}.`;
}

/** Why none of a customer's invoices has a message, from what they have in common. */
function leftOut(why: Why, timeZone: string): string {
  const { invoices, customer, campaign } = why;
  if (invoices.length === 0) return 'they have no invoices';
  const byRules = invoices.filter((one) => one.standing.kind === 'rules');
  if (invoices.every((one) => one.standing.kind === 'later')) {
    const day = campaign.launchedAt ? formatDay(campaign.launchedAt, timeZone) : 'that day';
    return `${invoices.length === 1 ? 'their invoice was' : 'their invoices were'} not here yet at the launch on ${day}`;
  }
  if (byRules.length === 0) return 'they fit the audience now, and did not at the launch';
  const [was, then] = campaign.status === 'draft' ? ['is', ''] : ['was', ' at the launch'];
  const unpaid = byRules.filter(isUnpaid);
  if (unpaid.length === 0) {
    const [sample] = byRules;
    const { had } = wordsOf(why, sample!, timeZone)('unpaid');
    if (byRules.length === 1 && had.startsWith('paid on')) {
      return `invoice ${sample!.number} was ${had}${then && ', before the launch'}`;
    }
    return byRules.length === 1
      ? `invoice ${sample!.number} ${was} ${had}${then}`
      : `none of their ${formatNoun(byRules.length, 'invoice')} ${was} unpaid${then}`;
  }
  const [sample] = unpaid;
  const rule = sample!.tests.find(
    (test) => !test.holds && unpaid.every((one) => one.tests.some((each) => each.rule === test.rule && !each.holds)),
  )?.rule;
  if (!rule) return `none of their ${formatNoun(unpaid.length, 'unpaid invoice')} fits the audience`;
  const { asks, had } = wordsOf(why, sample!, timeZone)(rule);
  if (rule === 'customer_type') return `the audience asks for ${asks}, and ${customer.name} is ${had}`;
  if (rule === 'tags_any' || rule === 'tags_none') {
    return `the audience asks for customers ${asks}, and ${customer.name} ${had === 'no tags' ? 'has no tags' : `is ${had}`}`;
  }
  const owns = rule === 'business_unit' || rule === 'owed_min' || rule === 'owed_max';
  const verb = owns ? (then ? 'had' : 'has') : was;
  return unpaid.length === 1
    ? `invoice ${sample!.number} ${verb} ${had}, and the audience asks for ${asks}`
    : `none of their ${formatNoun(unpaid.length, 'unpaid invoice')} ${was} what the audience asks for: ${asks}`;
}

/** Whether an invoice was unpaid; what is left out for that alone needs no table of rules. */
export const isUnpaid = (invoice: Pick<WhyInvoice, 'tests'>): boolean =>
  invoice.tests.every((test) => test.rule !== 'unpaid' || test.holds);

/** What each rule asks of an invoice, and what it found there. */
export function wordsOf(why: Why, invoice: WhyInvoice, timeZone: string) {
  const facts = { ...invoice, customerType: why.customer.type, tags: why.customer.tags };
  const context = { today: why.day, units: why.units, timeZone };
  return (rule: WhyInvoice['tests'][number]['rule']) => ruleWords(rule, why.rules, facts, context);
}

/** How an invoice without a message stands, in one sentence. */
export function standingSentence(why: Why, invoice: WhyInvoice, timeZone: string): string {
  const { standing } = invoice;
  switch (standing.kind) {
    case 'messages':
      return '';
    case 'rules': {
      const failed = invoice.tests.filter((test) => !test.holds).length;
      return failed === 1
        ? 'No message: one rule of the audience leaves it out.'
        : `No message: ${failed} rules of the audience leave it out.`;
    }
    case 'covered':
      return `No message of its own: a customer gets one, and it is about invoice ${standing.by}.`;
    case 'later':
      return `No message: it came in on ${formatDay(invoice.createdAt, timeZone)}, after the launch.`;
    case 'changed':
      return 'No message, though every rule fits now: something changed since the launch.';
    case 'expanding':
      return 'The audience is being made into messages just now.';
    case 'would':
      return standing.exclusion === null
        ? 'A launch now would send a message about it.'
        : `A launch now would leave it out: ${clause(explainReason(standing.exclusion).why)}.`;
  }
}

const reasonClause = (message: WhyMessage, timeZone: string): string =>
  message.reason === null ? '' : clause(factOf(message, timeZone) ?? explainReason(message.reason).why);

/** A sentence as a part of another: without its capital and its full stop. */
const clause = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
