import { postFromSandbox } from '#app/messaging/providers/sandbox-mail.server.ts';
import { withCompany } from '#db/client.ts';

import type { TaskWork } from '../task.ts';

export const sandboxPost: TaskWork<'sandbox.post'> = ({ db }, payload) =>
  withCompany(db, payload.companyId, (tx) => postFromSandbox(tx, payload));
