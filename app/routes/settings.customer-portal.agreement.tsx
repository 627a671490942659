import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { acceptAgreement } from '#app/portal/agreement.server.ts';
import { PORTAL_SETTINGS_PATH } from '#app/portal/settings.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

export const loader = () => redirect(PORTAL_SETTINGS_PATH);

/** *Accept* of the Legal Agreement (S2-01, S2-02). What was wrong is told by the page. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'portal.agreement');
  const { agree, version } = await readFields(args.request, ['agree', 'version']);
  const answer = { agreed: agree === 'on', version };
  const result = await staff.tx((tx) => acceptAgreement(tx, { ...staff.actor, staffId: staff.staff.id }, answer));
  if (result.ok) return redirect(`${PORTAL_SETTINGS_PATH}?accepted=1`);
  return redirect(`${PORTAL_SETTINGS_PATH}?problem=${result.errors.agree ? 'agree' : 'changed'}`);
}
