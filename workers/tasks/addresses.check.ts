import { checkAudience } from '#app/campaigns/check-audience.server.ts';

import type { TaskWork } from '../task.ts';

export const addressesCheck: TaskWork<'addresses.check'> = (context, { companyId, campaignId }) =>
  checkAudience(context, companyId, campaignId);
