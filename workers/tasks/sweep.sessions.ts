import { sweepExpired } from '#db/sweep.ts';

import type { TaskWork } from '../task.ts';

export const sweepSessions: TaskWork<'sweep.sessions'> = ({ db }) => sweepExpired(db);
