import { isbot } from 'isbot';

/**
 * Whether a visit may be a person's. Scanners and link previews are served like anybody, but they are not counted (B-03):
 * a HEAD request, a prefetch, a client that names itself a bot, or one that names itself nothing.
 */
export function isPerson(visit: {
  method: string;
  userAgent: string | undefined;
  purpose?: string | undefined;
}): boolean {
  if (visit.method !== 'GET' || !visit.userAgent) return false;
  if (visit.purpose && /prefetch|preview/i.test(visit.purpose)) return false;
  return !isbot(visit.userAgent);
}
