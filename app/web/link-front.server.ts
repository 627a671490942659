import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Logger } from 'pino';

import { readLinkCode } from '#app/links/codes.ts';
import { guesses } from '#app/links/guesses.ts';
import type { FoundLink, LinkLookup } from '#app/links/lookup.server.ts';
import { networkOf } from '#app/links/network.ts';
import type { VisitLog } from '#app/links/visits.server.ts';
import type { Addresses } from '#app/messaging/addresses.ts';

import { bare } from './bare.server.ts';
import { cameSecurely, clientAddress, type Trusts } from './client-address.server.ts';
import { linkNameOf } from './hosts.ts';

export type LinkFrontOptions = {
  addresses: Addresses;
  lookup: LinkLookup;
  visits: VisitLog;
  trusts: Trusts;
  log: Logger;
  /** Counts and times what is answered here. */
  observe: (method: string, status: number, seconds: number) => void;
};

type Pass = () => void;

/** Handles a request, or passes it on. */
export type LinkFront = ((req: IncomingMessage, res: ServerResponse, pass: Pass) => void) & {
  /** Why a link could not be looked up: a passed request that is no dead link, but a failure of ours. */
  failureOf(req: IncomingMessage): unknown;
};

/** What is on a link host besides codes: a network of guesses may have it all the same. */
const NO_GUESS = /^\/(?:(?:u|o|images|assets|email)\/|favicon\.|healthz$)/;

/**
 * Answers short links on the node server itself, before Express, Remix and all that their pages need: a link's address from
 * memory costs about as much as any answer of node's. Nobody waits for their click to be counted. Whatever is no living link
 * is passed on, to the company's page that says so; codes guessed in bulk end here (see `guesses`).
 */
export function linkFront({ addresses, lookup, visits, trusts, log, observe }: LinkFrontOptions): LinkFront {
  const failures = new WeakMap<IncomingMessage, unknown>();
  const guessed = guesses();

  const lead = (
    req: IncomingMessage,
    res: ServerResponse,
    begun: number,
    companyId: number,
    link: FoundLink,
  ): boolean => {
    if (typeof link === 'string') return false;
    res.writeHead(302, {
      location: link.destination,
      'cache-control': 'no-store, private',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-length': 0,
      ...(cameSecurely(req, trusts) && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
    });
    res.end();
    visits.add({ companyId, messageId: link.messageId, code: link.code, ...visitOf(req, trusts) });
    told(req, 302, begun);
    return true;
  };

  const told = (req: IncomingMessage, status: number, begun: number) => {
    const ms = performance.now() - begun;
    observe(req.method!, status, ms / 1000);
    if (!log.isLevelEnabled('debug')) return;
    log.debug({ method: req.method, area: 'link', path: '/…', status, ms: Math.round(ms) }, 'request');
  };

  const tooMany = (req: IncomingMessage, res: ServerResponse, begun: number, seconds: number) => {
    res.setHeader('retry-after', seconds);
    res.setHeader('cache-control', 'no-store');
    res.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    bare(
      res,
      429,
      'Too many links that do not exist were opened from your network. Wait a minute, then open yours again.',
    );
    told(req, 429, begun);
  };

  /** What is not in memory. */
  const ask = async (req: IncomingMessage, res: ServerResponse, pass: Pass, name: string, code: string) => {
    const begun = performance.now();
    const network = networkOf(clientAddress(req, trusts));
    if (guessed.waitFor(network) > 0 && !(await guessed.turn(network))) {
      return tooMany(req, res, begun, guessed.waitFor(network) || 1);
    }
    const companyId = await lookup.company(name);
    const link = companyId === 0 ? 'unknown' : await lookup.link(companyId, code);
    if (lead(req, res, begun, companyId, link)) return;
    if (link !== 'unknown') return pass();
    const seconds = guessed.waitFor(network);
    guessed.miss(network);
    if (seconds > 0) tooMany(req, res, begun, seconds);
    else pass();
  };

  const handle = (req: IncomingMessage, res: ServerResponse, pass: Pass) => {
    const name = linkNameOf(req.headers.host ?? '', addresses);
    if (name === null || (req.method !== 'GET' && req.method !== 'HEAD')) return pass();
    const path = pathOf(req.url ?? '/');
    const code = readLinkCode(path.slice(1));
    if (code === null) {
      if (NO_GUESS.test(path)) return pass();
      const network = networkOf(clientAddress(req, trusts));
      const seconds = guessed.waitFor(network);
      if (seconds > 0) return tooMany(req, res, performance.now(), seconds);
      guessed.miss(network);
      return pass();
    }
    const begun = performance.now();
    const known = lookup.known(name, code);
    if (known && lead(req, res, begun, known.companyId, known.link)) return;
    ask(req, res, pass, name, code).catch((error: unknown) => {
      failures.set(req, error);
      pass();
    });
  };
  return Object.assign(handle, { failureOf: (req: IncomingMessage) => failures.get(req) });
}

function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

/** What is noted of a visit to a link or a pixel. */
export const visitOf = (req: IncomingMessage, trusts: Trusts) => ({
  at: Date.now(),
  method: req.method ?? '',
  userAgent: req.headers['user-agent'],
  purpose: String(req.headers['sec-purpose'] ?? req.headers['purpose'] ?? '') || undefined,
  ip: clientAddress(req, trusts),
});
