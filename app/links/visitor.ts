import { isbot } from 'isbot';
import { LRUCache } from 'lru-cache';

import { networkOf } from './network.ts';

/** One look at an open pixel or at a short link, as the web server saw it. */
export type Visit = {
  companyId: number;
  messageId: number;
  /** The short link that was followed; null for the open pixel. */
  code: string | null;
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  userAgent: string | undefined;
  /** `Sec-Purpose` or `Purpose`. */
  purpose: string | undefined;
  /** Network address. */
  ip: string;
};

/**
 * Why a visit is not counted as a person's (B-03). One table, since nobody publishes how their scanner behaves: each line
 * says where it comes from, "check" where sources disagree or are hearsay.
 *
 * | rule | what it looks at | from |
 * |---|---|---|
 * | `head` | a HEAD request: asks whether something is there, shows nothing to anybody | HTTP |
 * | `prefetch` | `Sec-Purpose` or `Purpose` says prefetch or preview | Fetch standard |
 * | `unnamed` | no user agent at all: no mail program or browser leaves it out | seen often |
 * | `apple_privacy` | an opening by exactly `Mozilla/5.0`: Apple Mail's privacy proxy, which loads every picture soon after delivery, read or not | SocketLabs' and Word to the Wise's articles on MPP, 2021 (check) |
 * | `scanner` | a mail gateway that names itself, or Office looking a link up before the browser does | gateways' own names (check) |
 * | `bot` | a client that names itself a bot | the package `isbot` |
 * | `too_soon` | less than 10 s after it was handed over, or before that was written down | FACTS: gateways open and click within seconds |
 * | `many_links` | two links of one message within 2.5 s, and openings by the same client beside them | FACTS: every link at once |
 * | `burst` | one client, by network address and user agent, at ten messages within a minute | FACTS: from a data centre |
 * | `data_center` | one network (/24, /48), by whatever names, at ten messages within five seconds: a phone company's customers share one too, but not at two clicks a second | FACTS: from a data centre |
 *
 * What loads pictures for a reader counts: Gmail's proxy (`GoogleImageProxy`) fetches when the email is first opened (Word to
 * the Wise, 2013; others saw it fetch at delivery, check: `too_soon` leaves those out), and Yahoo's likewise. Their readers
 * share addresses, so neither `burst` nor `data_center` looks at them.
 *
 * Network addresses are not looked up in lists of data centres: none is at hand that stays true. A scanner that waits, uses
 * one link and names a normal browser counts as a person.
 */
export const machineRules = {
  head: 'A program asked whether the link works, without opening it.',
  prefetch: 'A browser or mail program loaded it in advance.',
  unnamed: 'It came from a program that does not say what it is.',
  apple_privacy: 'Apple Mail loads the pictures of every email by itself, read or not.',
  scanner: 'A mail security gateway looked at it.',
  bot: 'It came from a program that says it is a bot.',
  too_soon: 'It came within seconds of being sent, as mail scanners do.',
  many_links: 'Several links of the message were followed at once, as mail scanners do.',
  burst: 'The same program looked at many messages within a minute.',
  data_center: 'Many messages were looked at from one network within seconds, as from a data center.',
} as const;

export type MachineRule = keyof typeof machineRules;

/** A rule in words; one of newer code is not known here. */
export const machineWords = (rule: unknown): string =>
  typeof rule === 'string' && Object.hasOwn(machineRules, rule)
    ? machineRules[rule as MachineRule]
    : 'It does not look like a person.';

/** A visit this soon after the message was handed over is no person's. */
const TOO_SOON_MS = 10_000;
/** Two links of one message within this time are no person's. */
export const MANY_LINKS_MS = 2_500;
const MANY_LINKS = 2;
/** So many messages visited by one client within this time are no person's. Phones of one carrier may share an address. */
export const BURST_MS = 60_000;
const BURST_MESSAGES = 10;
/** So many messages visited from one network within this time, each by a client of another name, are no people's. */
const NETWORK_BURST_MS = 5_000;
const NETWORK_BURST_MESSAGES = 10;

const READER_PROXIES = /GoogleImageProxy|YahooMailProxy/;
const GATEWAYS =
  /barracuda|mimecast|proofpoint|urldefense|safelinks|ironport|ciscosecureemail|fortimail|fortiguard|sophos|trend ?micro|messagelabs|symantec|zscaler|forcepoint|spamtitan|vadesecure/i;
/** Outlook and Word look a link up before the browser opens it. As a reader of mail the same name is a person. */
const LINK_CHECKS = /Office Existence Discovery|ms-office|MSOffice/i;

/**
 * Tells people from programs, by each visit and by those around it.
 * @param visits those to be judged
 * @param around all visits that are known of that time, the judged ones among them or not
 * @param handedOver when each message went to its provider, in milliseconds; messages that are missing are not timed
 * @returns for each visit the rule that it falls under, or null for a person
 */
export function classify(
  visits: readonly Visit[],
  around: readonly Visit[],
  handedOver: ReadonlyMap<number, number>,
): (MachineRule | null)[] {
  const crowds = crowdsAmong([...new Set([...around, ...visits])].toSorted((a, b) => a.at - b.at));
  return visits.map((visit) => {
    const alone = ruleFor(visit);
    if (alone) return alone;
    const sent = handedOver.get(visit.messageId);
    if (sent !== undefined && visit.at - sent < TOO_SOON_MS) return 'too_soon';
    if (crowds.manyLinks.has(visit)) return 'many_links';
    if (crowds.bursts.has(visit)) return 'burst';
    return crowds.networks.has(visit) ? 'data_center' : null;
  });
}

/** What one request says by itself. */
function ruleFor({ method, userAgent, purpose, code }: Visit): MachineRule | null {
  if (method !== 'GET') return 'head';
  if (purpose && /prefetch|preview|prerender/i.test(purpose)) return 'prefetch';
  const agent = userAgent?.trim();
  if (!agent) return 'unnamed';
  if (code === null && READER_PROXIES.test(agent)) return null;
  if (code === null && agent === 'Mozilla/5.0') return 'apple_privacy';
  if (GATEWAYS.test(agent) || (code !== null && LINK_CHECKS.test(agent))) return 'scanner';
  return isBot(agent) ? 'bot' : null;
}

/** Names come up again and again, and the list is long. */
const bots = new LRUCache<string, boolean>({ max: 1_000 });

function isBot(agent: string): boolean {
  const known = bots.get(agent) ?? isbot(agent);
  bots.set(agent, known);
  return known;
}

/** @param visits by time */
function crowdsAmong(visits: readonly Visit[]): Record<'manyLinks' | 'bursts' | 'networks', Set<Visit>> {
  const manyLinks = new Set<Visit>();
  const bursts = new Set<Visit>();
  const networks = new Set<Visit>();
  /** From when to when each client followed the links of each message. */
  const spans = new Map<string, { from: number; to: number }>();
  const spanKey = (visit: Visit) => `${messageOf(visit)} ${clientOf(visit)}`;
  for (const clicks of groups(visits, (one) => (one.code === null ? null : messageOf(one))).values()) {
    for (const visit of crowded(clicks, MANY_LINKS_MS, MANY_LINKS, (one) => one.code!)) {
      manyLinks.add(visit);
      const span = spans.get(spanKey(visit)) ?? { from: visit.at, to: visit.at };
      spans.set(spanKey(visit), { from: Math.min(span.from, visit.at), to: Math.max(span.to, visit.at) });
    }
  }
  for (const opening of visits) {
    const span = opening.code === null ? spans.get(spanKey(opening)) : undefined;
    if (span && opening.at >= span.from - MANY_LINKS_MS && opening.at <= span.to + MANY_LINKS_MS) {
      manyLinks.add(opening);
    }
  }
  const strangers = visits.filter((one) => !READER_PROXIES.test(one.userAgent ?? ''));
  for (const theirs of groups(strangers, clientOf).values()) {
    for (const visit of crowded(theirs, BURST_MS, BURST_MESSAGES, messageOf)) bursts.add(visit);
  }
  for (const theirs of groups(strangers, (one) => networkOf(one.ip)).values()) {
    for (const visit of crowded(theirs, NETWORK_BURST_MS, NETWORK_BURST_MESSAGES, messageOf)) networks.add(visit);
  }
  return { manyLinks, bursts, networks };
}

/** Who knocked, as far as can be told. */
const clientOf = (visit: Visit) => `${visit.ip} ${visit.userAgent ?? ''}`;

/** Numbers of messages are each company's own. */
const messageOf = (visit: Visit) => `${visit.companyId}:${visit.messageId}`;

/** Those with one key, in their order; those with none are left out. */
export function groups<Key, Kind extends Visit>(
  visits: readonly Kind[],
  keyOf: (visit: Kind) => Key | null,
): Map<Key, Kind[]> {
  const found = new Map<Key, Kind[]>();
  for (const visit of visits) {
    const key = keyOf(visit);
    if (key === null) continue;
    const group = found.get(key);
    if (group) group.push(visit);
    else found.set(key, [visit]);
  }
  return found;
}

/**
 * Those that lie within some stretch of `ms` in which `least` different keys come up. Each is looked at twice, however many
 * there are.
 * @param visits by time
 */
export function crowded(visits: readonly Visit[], ms: number, least: number, keyOf: (visit: Visit) => string): Visit[] {
  const found: Visit[] = [];
  const counts = new Map<string, number>();
  let end = 0;
  let taken = 0;
  for (const [start, first] of visits.entries()) {
    for (; end < visits.length && visits[end]!.at - first.at <= ms; end++) {
      const key = keyOf(visits[end]!);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    if (counts.size >= least) {
      for (taken = Math.max(taken, start); taken < end; taken++) found.push(visits[taken]!);
    }
    const key = keyOf(first);
    const left = counts.get(key)! - 1;
    if (left === 0) counts.delete(key);
    else counts.set(key, left);
  }
  return found;
}
