import ipaddr from 'ipaddr.js';
import { getDomain } from 'tldts';

import { lookAlike } from './look-alike.ts';

/** Where we answer ourselves, with or without a port. */
export type OurDomains = { linkDomain: string; portalDomain: string };

/** Longer than any address that people paste; mail programs and carriers cut longer ones. */
const LONGEST = 2_000;

/** Names that are never on the public internet (RFC 6761, 6762, 7686, 8375; ICANN's `internal`; what routers hand out). */
const PRIVATE_NAMES =
  /(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa|onion|invalid|test)$/;

/** Nothing that hides: controls, spaces of any kind, marks without width or that turn the direction of writing. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\ufeff]/u;

/**
 * Whether a message may lead somewhere (S0-11): public web addresses only, none that hides where it leads, and none of our own
 * short links, which would lead in a circle. Asked before a launch, and once more at each redirect: what is stored is not
 * trusted, and may have been stored by older code.
 * @param url the whole address, with its scheme
 * @returns what is wrong with it, in words; null when it may be linked to
 */
export function refuseDestination(url: string, ours: OurDomains): string | null {
  if (url.length > LONGEST)
    return `This address is longer than ${LONGEST.toLocaleString('en-US')} characters. Shorten it.`;
  if (HIDDEN.test(url)) return 'This address holds a space or a character that can’t be seen. Type it again.';
  if (url.includes('\\')) return 'This address holds a backslash. Write it with slashes: https://…';
  if (!/^https?:\/\/[^/?#]/i.test(url)) return 'A link must be a web address that begins with https://';
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)![1]!;
  if (authority.includes('@')) {
    return 'This address has a name or password before its “@”, which hides where it leads. Take it out.';
  }
  if (!URL.canParse(url)) return 'This is not a web address. Check it for a typing error.';
  const host = new URL(url).hostname.replace(/\.$/, '');
  if (/^\[|^[\d.]+$/.test(host)) return isPublicAddress(host) ? null : notPublic(host);
  return refuseName(host, ours);
}

function refuseName(host: string, ours: OurDomains): string | null {
  const [linkDomain, portalDomain] = [withoutPort(ours.linkDomain), withoutPort(ours.portalDomain)];
  const ofLinks = host === linkDomain || isBelow(host, linkDomain);
  const ofPortals = isBelow(host, portalDomain);
  // Of two domains of which one lies below the other, the longer one says whose host this is.
  if (ofLinks && !(ofPortals && portalDomain.length > linkDomain.length)) {
    return 'This is a short link already, and would lead in a circle. Use the address that it leads to.';
  }
  if (ofPortals) return null;
  if (!host.includes('.') || PRIVATE_NAMES.test(host)) return notPublic(host);
  if (host.length > 253 || host.split('.').some((label) => label.length > 63 || !/^[a-z0-9_-]+$/.test(label))) {
    return `“${host.slice(0, 60)}” is not a name of a website. Check it for a typing error.`;
  }
  return lookAlike(
    host,
    [linkDomain, portalDomain].flatMap((domain) => getDomain(domain) ?? []),
  );
}

/** @param host an IPv4 address as the URL parser writes it, from whatever notation; or an IPv6 address in brackets */
function isPublicAddress(host: string): boolean {
  const bare = host.replaceAll(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare)) return false;
  const address = ipaddr.process(bare);
  if (address.range() !== 'unicast') return false;
  // Of IPv6 only what is given out as global: an IPv4 address may hide in the rest (RFC 4291, section 2.5.5.1).
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(ipaddr.IPv6.parse('2000::'), 3);
}

const notPublic = (host: string) => `“${host}” can’t be reached from outside. Link to a public website.`;
const withoutPort = (domain: string) => domain.toLowerCase().replace(/:\d+$/, '');
const isBelow = (host: string, domain: string) => host.endsWith(`.${domain}`);
