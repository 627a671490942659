import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { startImport } from '#app/invoicing/import/imports.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: { params: { id?: string } }) => redirect(`/imports/${idParam(params.id)}`);

/** Hands the import to the worker. What is missing is told on the page of the columns. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'import');
  const id = idParam(args.params.id);
  const result = await staff.tx((tx) => startImport(tx, staff.actor, staff.company.id, id));
  if (!result) throw notFound();
  return redirect(`/imports/${id}`);
}
