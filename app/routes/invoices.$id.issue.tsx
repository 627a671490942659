import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { issueDraft } from '#app/invoicing/invoices/edit.server.ts';
import { dateIn } from '#app/ui/format.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

/** Nothing stands here for reading. */
export const loader = ({ params }: { params: { id?: string } }) => redirect(`/invoices/${idParam(params.id)}`);

/** Issues a draft as it stands. A second click finds it issued. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const saving = { actor: staff.actor, today: dateIn(staff.company.timeZone, new Date()) };
  const result = await staff.tx((tx) => issueDraft(tx, saving, id));
  if (!result) throw notFound();
  return redirect(`/invoices/${id}?saved=issued`);
}
