import { sandbox } from '#app/invoicing/processors/sandbox.server.ts';
import { sweepPayments } from '#app/portal/pay.server.ts';

import type { TaskWork } from '../task.ts';

export const sweepLeftPayments: TaskWork<'sweep.payments'> = ({ db, addresses }) =>
  sweepPayments(db, addresses, sandbox);
