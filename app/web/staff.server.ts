import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';

import type { Actor } from '#app/company/audit.server.ts';
import { may, type Permission } from '#app/company/permissions.ts';
import { readSession } from '#app/company/sessions.server.ts';
import { withCompany, withSnapshot, type Tx } from '#db/client.ts';

import { readCookie, sessionCookieName } from './cookies.server.ts';

/** A signed-in member of staff, and the one way to the company's rows. */
export type StaffAccess = Awaited<ReturnType<typeof readStaff>> & {};

/** A page's loaders run side by side and ask for the same person: the session is read once a request. */
const read = new WeakMap<object, ReturnType<typeof readOnce>>();

/** The person behind the request, or null. */
export function readStaff(args: LoaderFunctionArgs | ActionFunctionArgs) {
  const known = read.get(args.context);
  if (known) return known;
  const staff = readOnce(args);
  read.set(args.context, staff);
  return staff;
}

async function readOnce({ request, context }: LoaderFunctionArgs | ActionFunctionArgs) {
  const token = readCookie(request, sessionCookieName(context.addresses.appOrigin));
  const session = token ? await readSession(context.db, token) : null;
  if (!session) return null;
  const actor: Actor = { staffId: session.staff.id, name: session.person.name };
  return {
    ...session,
    actor,
    may: (permission: Permission) => may(session.staff, permission),
    /** Runs in a transaction that sees this company only. */
    tx: <T>(work: (tx: Tx) => Promise<T>) => withCompany(context.db, session.company.id, work),
    /** Reads as of one moment, for a page whose parts must agree. */
    read: <T>(work: (tx: Tx) => Promise<T>) => withSnapshot(context.db, session.company.id, work),
  };
}

/**
 * Requires a signed-in person with a permission; every office loader and action begins here.
 * @throws a redirect to the sign-in page, which leads back, or 403 without the permission
 */
export async function requireStaff(
  args: LoaderFunctionArgs | ActionFunctionArgs,
  permission: Permission,
): Promise<StaffAccess> {
  const staff = await readStaff(args);
  if (!staff) {
    throw redirect(`/sign-in${wayBack(args.request)}`);
  }
  if (!staff.may(permission))
    throw new Response('You may not do this. An administrator can change your role.', { status: 403 });
  return staff;
}

/** To the page that was asked for; or to the one that a form stood on, with word that the form was not taken. */
function wayBack(request: Request): string {
  const url = new URL(request.url);
  if (request.method === 'GET') return `?to=${encodeURIComponent(url.pathname + url.search)}`;
  const referer = request.headers.get('referer') ?? '';
  const from = URL.canParse(referer) ? new URL(referer) : null;
  return from?.host === url.host ? `?to=${encodeURIComponent(from.pathname + from.search)}&ended=1` : '';
}

/** The positive integer in a URL parameter. @throws 404, since nothing stands at such an address */
export function idParam(value: string | undefined): number {
  const id = Number(value);
  if (!/^\d{1,15}$/.test(value ?? '') || id < 1) throw notFound();
  return id;
}

/** What another company's record and a missing one look like alike. */
export const notFound = () => new Response('Not found', { status: 404 });
