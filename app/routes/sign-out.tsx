import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { signOut } from '#app/company/sessions.server.ts';
import { readCookie, sessionCookie, sessionCookieName } from '#app/web/cookies.server.ts';

export const loader = () => redirect('/');

export async function action({ request, context }: ActionFunctionArgs) {
  const origin = context.addresses.appOrigin;
  const token = readCookie(request, sessionCookieName(origin));
  if (token) await signOut(context.db, token);
  return redirect('/sign-in', { headers: { 'set-cookie': sessionCookie(origin, '', 0) } });
}
