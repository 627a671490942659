import { attributePayment } from '#app/campaigns/attribution.server.ts';
import { withCompany } from '#db/client.ts';

import type { TaskWork } from '../task.ts';

export const paymentAttribute: TaskWork<'payment.attribute'> = ({ db }, { companyId, paymentId }) =>
  withCompany(db, companyId, (tx) => attributePayment(tx, paymentId));
