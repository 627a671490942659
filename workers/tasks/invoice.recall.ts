import { recallCards } from '#app/campaigns/recall.server.ts';

import type { TaskWork } from '../task.ts';

export const invoiceRecall: TaskWork<'invoice.recall'> = (context, { companyId, invoiceId }) =>
  recallCards(context, companyId, { invoiceId });
