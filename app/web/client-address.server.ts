import type { IncomingMessage } from 'node:http';

import { LRUCache } from 'lru-cache';

/** Proxies that are believed: those on this machine and in its private network. */
export const TRUSTED_PROXIES = 'loopback, uniquelocal';

/** Whether the proxy so many steps before us is believed, as Express compiles it of the setting `trust proxy`. */
export type Trusts = (address: string, step: number) => boolean;

/** The same from memory: to read an address costs a redirect as much as to answer it, and proxies are few. */
export function rememberedTrust(trusts: Trusts): Trusts {
  const known = new LRUCache<string, boolean>({ max: 1_000 });
  return (address, step) => {
    const before = known.get(address);
    if (before !== undefined) return before;
    const answer = trusts(address, step);
    known.set(address, answer);
    return answer;
  };
}

/** Whom a request comes from, as Express' `req.ip` says: the last address in `X-Forwarded-For` that no proxy of ours has. */
export function clientAddress(req: IncomingMessage, trusts: Trusts): string {
  let address = req.socket.remoteAddress ?? '';
  const forwarded = req.headers['x-forwarded-for'];
  if (forwarded === undefined) return address;
  for (const [step, before] of String(forwarded).split(',').toReversed().entries()) {
    if (!trusts(address, step)) break;
    address = before.trim();
  }
  return address;
}

/** Whether it came by https, to us or to a proxy of ours. */
export function cameSecurely(req: IncomingMessage, trusts: Trusts): boolean {
  if ('encrypted' in req.socket) return true;
  const proto = req.headers['x-forwarded-proto'];
  return proto !== undefined && trusts(req.socket.remoteAddress ?? '', 0) && /^\s*https\s*(,|$)/i.test(String(proto));
}
