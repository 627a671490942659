import type { RequestHandler, Response } from 'express';
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

import { withoutAddresses, withoutParameters } from '#db/failure.ts';

import type { Locals } from './express.server.ts';

/**
 * The web process's log: a line of JSON each, and no personal data in any. An error is logged without the parameters of its
 * statement, and without whatever looks like an address.
 * @param to stdout by default
 */
export function webLog(level: string, to?: DestinationStream): Logger {
  const options = { level, base: { process: 'web', pid: process.pid }, serializers: { err: loggedError } };
  return to ? pino(options, to) : pino(options);
}

/** Where no log is given, as in tests, failures go to the console and nothing else does. */
export const failuresOnly = () => webLog('error', { write: (line) => console.error(line) });

function loggedError(error: unknown): unknown {
  const kept = withoutParameters(error);
  if (!(kept instanceof Error)) return withoutAddresses(String(kept));
  const { type, message, stack } = stdSerializers.err(kept);
  return { type, message: withoutAddresses(message), stack: withoutAddresses(stack ?? '') };
}

/** What is asked for so often, and says so little, that only those who debug want a line of it. */
const QUIET = /^\/(assets|fonts|healthz|metrics|favicon)(\/|\.|$)/;

/** One line a request, once it is answered: with the reference that a page of failure shows, and the time it took. */
export function logRequests(log: Logger): RequestHandler {
  return (req, res, next) => {
    const begun = performance.now();
    const { method } = req;
    const url = req.originalUrl; // before portal and link hosts get their prefix
    res.once('close', () => {
      const level = res.statusCode >= 500 ? 'warn' : QUIET.test(url) ? 'debug' : 'info';
      if (!log.isLevelEnabled(level)) return;
      const area = areaOf(res);
      const path = loggedPath(url, area);
      const ms = Math.round(performance.now() - begun);
      log[level]({ reference: referenceOf(res), method, area, path, status: res.statusCode, ms }, 'request');
    });
    next();
  };
}

/**
 * A path as it may be logged: no query, and of its parts only words and short numbers. Tokens that open something (`/join/…`,
 * `/u/…`, `/pay/…`), codes of short links and whatever a person may have typed are left out.
 * @param area on a link host the first part is a code
 */
export function loggedPath(url: string, area: string): string {
  const [path = ''] = url.split(/[?#]/);
  const parts = path.slice(0, 500).split('/').slice(1, 9);
  return `/${parts.map((part, n) => (mayBeLogged(part, n, area) ? part : '…')).join('/')}`;
}

/** The only words that stand at a link host by themselves. */
const LINK_WORDS = new Set(['', 'u', 'o', 'p', 'preferences', 'why']);

function mayBeLogged(part: string, position: number, area: string): boolean {
  if (area === 'link' && position === 0) return LINK_WORDS.has(part);
  return part === '' || /^\d{1,9}(\.data)?$/.test(part) || /^_{0,2}[a-z]{1,16}(-[a-z]{1,16}){0,3}(\.data)?$/.test(part);
}

/** Which part of the house was asked: `none` where no host of ours was named. */
export const areaOf = (res: Response) => (res.locals as Partial<Locals>).area?.area ?? 'none';

const referenceOf = (res: Response) => (res.locals as Partial<Locals>).reference;
