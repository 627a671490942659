import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { generatePaymentLink } from '#app/invoicing/payments/links.server.ts';
import { readOfficePaymentLink } from '#app/portal/payment-link.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

const billing = (id: number) => `/customers/${id}/billing`;

export const loader = ({ params }: { params: { id?: string } }) => redirect(billing(idParam(params.id)));

/** *Generate Link*: the customer's first payment link, or a new one once it was asked whether the old one may end (S4-14). */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  if (!staff.may('customers.edit') && !staff.may('payments.record')) {
    throw new Response('You may not do this. An administrator can change your role.', { status: 403 });
  }
  const id = idParam(args.params.id);
  const { version, confirmed } = await readFields(args.request, ['version', 'confirmed']);
  const seen = /^\d{1,9}$/.test(version) ? Number(version) : 0;
  if (seen > 0 && confirmed !== 'yes') return redirect(`${billing(id)}?ask=payment-link`);
  const made = await staff.tx(async (tx) => {
    const { open } = await readOfficePaymentLink(tx, args.context, id);
    return open ? generatePaymentLink(tx, staff.actor, id, seen) : 'closed';
  });
  if (made === null) throw notFound();
  return redirect(made === 'closed' ? billing(id) : `${billing(id)}?done=payment-link`);
}
