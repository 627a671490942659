import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { requireStaff } from '#app/web/staff.server.ts';

import { receiveUpload } from './imports.receive.server.ts';

export const loader = () => redirect('/imports');

/** Takes a file that comes with JavaScript, which shows how much is sent. Answers `{ importId }` or `{ error }`. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'import');
  const result = await receiveUpload(args, staff);
  return result.ok
    ? Response.json({ importId: result.importId })
    : Response.json({ error: result.error }, { status: 400 });
}
