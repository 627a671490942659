import type { AppLoadContext } from '@remix-run/node';

import type { PayDeps } from '#app/invoicing/payments/payments.server.ts';
import { tellPayer } from '#app/portal/receipts.server.ts';

/** What paying needs, as a route has it. */
export const payDeps = ({ db, processorOf, addresses, secret, log, reference }: AppLoadContext): PayDeps => ({
  db,
  processorOf,
  tell: tellPayer(addresses, secret),
  onTrouble: (trouble) => log.warn({ reference, ...trouble }, 'the payment processor gave no answer'),
});
