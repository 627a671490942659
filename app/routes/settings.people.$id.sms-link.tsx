import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { changeSmsLink } from '#app/company/staff.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = () => redirect('/settings/people');

/** Lets a person text payment links, or not (S1-07). */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'staff.manage');
  const id = idParam(args.params.id);
  const { smsLink } = await readFields(args.request, ['smsLink']);
  if (smsLink !== 'true' && smsLink !== 'false') return redirect('/settings/people?problem=unknown_switch');
  const found = await staff.tx((tx) => changeSmsLink(tx, staff.actor, id, smsLink === 'true'));
  if (!found) throw notFound();
  return redirect('/settings/people?saved=sms_link');
}
