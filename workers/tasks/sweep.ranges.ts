import { sweepRanges } from '#app/campaigns/send-lease.server.ts';

import type { TaskWork } from '../task.ts';

export const sweepLapsedRanges: TaskWork<'sweep.ranges'> = ({ db }) => sweepRanges(db);
