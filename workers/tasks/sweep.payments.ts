import { sweepPayments } from '#app/invoicing/payments/sweep.server.ts';

import type { TaskWork } from '../task.ts';

export const sweepLeftPayments: TaskWork<'sweep.payments'> = ({ paying }) => sweepPayments(paying);
