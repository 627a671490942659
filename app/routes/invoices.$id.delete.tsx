import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { deleteDraft } from '#app/invoicing/invoices/edit.server.ts';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

/** Nothing stands here for reading. */
export const loader = ({ params }: { params: { id?: string } }) => redirect(`/invoices/${idParam(params.id)}`);

/** Deletes a draft. One that was issued meanwhile, or is gone, is left as it is. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const deleted = await staff.tx((tx) => deleteDraft(tx, staff.actor, id));
  return redirect(deleted ? '/invoices?saved=deleted' : `/invoices/${id}`);
}
