import { checkPayment } from '#app/invoicing/payments/check.server.ts';

import type { TaskWork } from '../task.ts';

export const paymentCheck: TaskWork<'payment.check'> = ({ paying }, ref) => checkPayment(paying, ref);
