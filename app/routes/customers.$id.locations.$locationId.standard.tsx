import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';

import { AddressRefused } from '#app/messaging/AddressRefused.tsx';
import { useStandardAddress } from '#app/messaging/addresses-to-check.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { safePath } from '#app/web/safe-path.ts';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

/** It can't lead elsewhere: the page also says why the button could not do it. */
export const loader = (args: LoaderFunctionArgs) => requireStaff(args, 'customers.edit').then(() => null);

/** Writes a location as the Postal Service has it. Leads back to where the button stood. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const at = { customerId: idParam(args.params.id), locationId: idParam(args.params.locationId) };
  const { back } = await readFields(args.request, ['back']);
  const result = await staff.tx((tx) => useStandardAddress(tx, staff.actor, at));
  if (!result.ok) return data({ error: result.error }, { status: 400 });
  const to = new URL(safePath(back || '/addresses', args.request), args.request.url);
  to.searchParams.set('done', 'used');
  return redirect(to.pathname + to.search);
}

export default AddressRefused;
