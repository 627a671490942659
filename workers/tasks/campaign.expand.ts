import { expandCampaign } from '#app/campaigns/expand.server.ts';
import { withCompany } from '#db/client.ts';

import type { TaskWork } from '../task.ts';

export const campaignExpand: TaskWork<'campaign.expand'> = ({ db }, { companyId, campaignId }) =>
  withCompany(db, companyId, (tx) => expandCampaign(tx, campaignId));
