import { runRefund } from '#app/invoicing/payments/refund.server.ts';

import type { TaskWork } from '../task.ts';

export const paymentRefund: TaskWork<'payment.refund'> = ({ paying }, ref) => runRefund(paying, ref);
