import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { cancelImport, readImport } from '#app/invoicing/import/imports.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: { params: { id?: string } }) => redirect(`/imports/${idParam(params.id)}`);

/** Gives up an import that does not run yet; one that does is shown instead. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'import');
  const id = idParam(args.params.id);
  const canceled = await staff.tx(async (tx) => {
    if (!(await readImport(tx, id))) throw notFound();
    return cancelImport(tx, staff.actor, id);
  });
  return redirect(canceled ? '/imports' : `/imports/${id}`);
}
