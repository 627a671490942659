import type { Tx } from '#db/client.ts';
import { onlinePaymentSettings } from '#db/schema/index.ts';

/** Whether technicians may email invoices from their phones (S1-03). */
export async function emailsFromMobile(tx: Tx): Promise<boolean> {
  const [row] = await tx.select({ on: onlinePaymentSettings.emailFromMobile }).from(onlinePaymentSettings);
  return row?.on ?? false;
}
