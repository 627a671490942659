import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';

import { readPortal } from '#app/portal/brand.server.ts';
import { scopeOf } from '#app/portal/pay.server.ts';
import { readVisitor, SESSION_HOURS } from '#app/portal/sessions.server.ts';
import { withCompany, type Tx } from '#db/client.ts';

import { readCookie } from './cookies.server.ts';

type Args = LoaderFunctionArgs | ActionFunctionArgs;

/** What a loader throws while the portal is off; the layout's error page has the words. */
export const PORTAL_CLOSED = 'portal closed';

/**
 * The company whose host this is, and who is signed in there. Every loader and action of the portal begins here.
 * @throws 404 with `PORTAL_CLOSED` while the portal is off
 */
export async function openPortal({ request, context }: Args) {
  const companyId = context.hostCompanyId;
  if (companyId === null) throw new Response(PORTAL_CLOSED, { status: 404 });
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(context.db, companyId, work);
  const token = portalToken(request);
  const [portal, visitor] = await tx(
    async (t) => [await readPortal(t), token ? await readVisitor(t, token) : null] as const,
  );
  if (!portal.enabled) throw new Response(PORTAL_CLOSED, { status: 404 });
  return { companyId, portal, visitor, token, tx };
}

/**
 * The same, and somebody is signed in.
 * @throws a redirect to the login page, which leads back here and says when a form was not taken for it
 */
export async function requireVisitor(args: Args) {
  const { visitor, ...rest } = await openPortal(args);
  if (!visitor) {
    const back = visitorPath(args.request);
    const ended = args.request.method === 'GET' ? '' : '&ended=1';
    throw redirect(back === '/' ? '/login' : `/login?to=${encodeURIComponent(back)}${ended}`);
  }
  return { ...rest, visitor, scope: scopeOf(visitor, rest.portal) };
}

/** The address as the visitor sees it: without the prefix under which the routes stand. */
export function visitorPath(request: Request): string {
  const { pathname, search } = new URL(request.url);
  return `${pathname.replace(/^\/portal(?=\/|$)/, '') || '/'}${search}`;
}

/** With https the prefix keeps the cookie to this very host; browsers refuse it without. */
const portalCookieName = (request: Request) => (isSecure(request) ? '__Host-fp-portal' : 'fp-portal');

/** The session's token, if the browser has one. */
export const portalToken = (request: Request) => readCookie(request, portalCookieName(request));

/** @param token empty to sign out */
export function portalCookie(request: Request, token: string): string {
  const secure = isSecure(request) ? '; Secure' : '';
  const maxAge = token === '' ? 0 : SESSION_HOURS * 3600;
  return `${portalCookieName(request)}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure}`;
}

const isSecure = (request: Request) => new URL(request.url).protocol === 'https:';

/** Whole minutes to wait, at least one. */
export const minutesOf = (seconds: number) => Math.max(1, Math.ceil(seconds / 60));
