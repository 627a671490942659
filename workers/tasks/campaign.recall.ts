import { recallCards } from '#app/campaigns/recall.server.ts';

import type { TaskWork } from '../task.ts';

export const campaignRecall: TaskWork<'campaign.recall'> = (context, { companyId, campaignId }) =>
  recallCards(context, companyId, { campaignId });
