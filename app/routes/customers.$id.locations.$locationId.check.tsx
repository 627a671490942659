import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';

import { readLocation } from '#app/invoicing/customers/locations.server.ts';
import { AddressRefused } from '#app/messaging/AddressRefused.tsx';
import { checkAddress } from '#app/messaging/address-checks.server.ts';
import { mailProviders } from '#app/messaging/providers/choose-mail.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

/** It can't lead elsewhere: the page also says why the button could not do it. */
export const loader = (args: LoaderFunctionArgs) => requireStaff(args, 'customers.edit').then(() => null);

/** Looks a location's address up in the Postal Service's list, now. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const customerId = idParam(args.params.id);
  const location = await staff.tx((tx) => readLocation(tx, customerId, idParam(args.params.locationId)));
  if (!location) throw notFound();
  const { context } = args;
  // Whoever is asked takes a while: no transaction is held for it.
  const result = await checkAddress(context.db, staff.company.id, location, mailProviders(context.db, context));
  if (!result.ok) return data({ error: result.error }, { status: 400 });
  return redirect(`/customers/${customerId}`);
}

export default AddressRefused;
