import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { readContact } from '#app/invoicing/customers/contacts.server.ts';
import { inviteContact } from '#app/portal/invitations.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: { params: { id?: string } }) => redirect(`/customers/${idParam(params.id)}`);

/** *Invite* and *Resend invite* beside an email on the record (S3-12 to S3-14). */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const id = idParam(args.params.id);
  const contactId = idParam(args.params.contactId);
  const result = await staff.tx(async (tx) =>
    (await readContact(tx, id, contactId)) ? inviteContact(tx, args.context.addresses, contactId, staff.actor) : null,
  );
  if (!result) throw notFound();
  return redirect(`/customers/${id}?${result.ok ? 'saved=invited' : 'problem=portal'}`);
}
