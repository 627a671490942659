import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { deleteLocation } from '#app/invoicing/customers/locations.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: { params: { id?: string } }) => redirect(`/customers/${idParam(params.id)}`);

/** Removes a location; one with jobs or invoices stays, and its page says why. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const id = idParam(args.params.id);
  const locationId = idParam(args.params.locationId);
  const result = await staff.tx((tx) => deleteLocation(tx, staff.actor, id, locationId));
  if (!result) throw notFound();
  return redirect(result === 'used' ? `/customers/${id}/locations/${locationId}` : `/customers/${id}?saved=removed`);
}
