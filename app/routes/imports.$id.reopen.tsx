import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { readImport, reopenImport } from '#app/invoicing/import/imports.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: { params: { id?: string } }) => redirect(`/imports/${idParam(params.id)}`);

/** Takes a failed import back to its columns. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'import');
  const id = idParam(args.params.id);
  await staff.tx(async (tx) => {
    if (!(await readImport(tx, id))) throw notFound();
    return reopenImport(tx, id);
  });
  return redirect(`/imports/${id}`);
}
