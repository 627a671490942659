import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { signOutCustomer } from '#app/portal/sessions.server.ts';
import { openPortal, portalCookie } from '#app/web/portal.server.ts';

export const loader = () => redirect('/');

export async function action(args: ActionFunctionArgs) {
  const { token, tx } = await openPortal(args);
  if (token) await tx((t) => signOutCustomer(t, token));
  return redirect('/login', { headers: { 'set-cookie': portalCookie(args.request, '') } });
}
