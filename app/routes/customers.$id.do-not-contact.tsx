import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { setDoNotContact } from '#app/invoicing/customers/customers.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: { params: { id?: string } }) => redirect(`/customers/${idParam(params.id)}`);

/** Stops or allows campaigns to a customer. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const id = idParam(args.params.id);
  const { on } = await readFields(args.request, ['on']);
  const found = await staff.tx((tx) => setDoNotContact(tx, staff.actor, id, on === 'true'));
  if (!found) throw notFound();
  return redirect(`/customers/${id}`);
}
