import type { Addresses } from '#app/messaging/addresses.ts';

/** Which part of the house a request knocks at. */
export type Area = { area: 'office' } | { area: 'portal'; name: string } | { area: 'link'; name: string };

/**
 * Tells the office, a portal and a short-link host apart by the Host header.
 * @param host as the browser sent it, with its port
 * @returns null for a host that is none of ours
 */
export function areaOf(host: string, at: Addresses): Area | null {
  const name = host.toLowerCase();
  if (name === new URL(at.appOrigin).host) return { area: 'office' };
  const portal = label(name, at.portalDomain);
  if (portal) return { area: 'portal', name: portal };
  const link = label(name, at.linkDomain);
  if (link) return { area: 'link', name: link };
  return null;
}

/**
 * The same for a link host alone, as it costs little: it is asked before each request.
 * @returns its name, or null for any other host
 */
export function linkNameOf(host: string, at: Addresses): string | null {
  const name = label(host.toLowerCase(), at.linkDomain);
  if (name === null) return null;
  const area = areaOf(host, at);
  return area?.area === 'link' ? area.name : null;
}

/** The one label before the domain, or null. */
function label(host: string, domain: string): string | null {
  if (!host.endsWith(`.${domain.toLowerCase()}`)) return null;
  const name = host.slice(0, -domain.length - 1);
  return /^[a-z0-9]{1,63}$/.test(name) ? name : null;
}
