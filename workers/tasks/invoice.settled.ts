import { endSettledRuns } from '#app/campaigns/attribution.server.ts';
import { withCompany } from '#db/client.ts';

import type { TaskWork } from '../task.ts';

export const invoiceSettled: TaskWork<'invoice.settled'> = ({ db }, { companyId, invoiceId }) =>
  withCompany(db, companyId, (tx) => endSettledRuns(tx, invoiceId));
