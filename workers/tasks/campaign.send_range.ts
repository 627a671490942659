import { sendRange } from '#app/campaigns/send.server.ts';

import type { TaskWork } from '../task.ts';

export const campaignSendRange: TaskWork<'campaign.send_range'> = (context, payload) => sendRange(context, payload);
