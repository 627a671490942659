import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { deleteContact } from '#app/invoicing/customers/contacts.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: { params: { id?: string } }) => redirect(`/customers/${idParam(params.id)}`);

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const id = idParam(args.params.id);
  const contactId = idParam(args.params.contactId);
  const found = await staff.tx((tx) => deleteContact(tx, staff.actor, id, contactId));
  if (!found) throw notFound();
  return redirect(`/customers/${id}?saved=deleted`);
}
