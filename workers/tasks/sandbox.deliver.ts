import { deliverFromSandbox } from '#app/messaging/providers/sandbox.server.ts';
import { withCompany } from '#db/client.ts';

import type { TaskWork } from '../task.ts';

export const sandboxDeliver: TaskWork<'sandbox.deliver'> = ({ db }, { companyId, messageIds }) =>
  withCompany(db, companyId, (tx) => deliverFromSandbox(tx, messageIds));
