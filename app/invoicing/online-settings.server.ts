import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { onlinePaymentSettings } from '#db/schema/index.ts';

/** Settings > Invoicing > Online Payments (S1-01 to S1-06). */
export type OnlineSettings = {
  cards: boolean;
  ach: boolean;
  /** Whether less than all of an invoice can be paid. */
  partialPayments: boolean;
  smsInvoiceLinks: boolean;
  smsFromOffice: boolean;
  emailFromMobile: boolean;
  smsFromMobile: boolean;
};

/** What a company has that never saved any: as the table's own defaults. */
const defaults: OnlineSettings = {
  cards: true,
  ach: true,
  partialPayments: true,
  smsInvoiceLinks: false,
  smsFromOffice: false,
  emailFromMobile: false,
  smsFromMobile: false,
};

/** The company's settings, or what holds with none saved. */
export async function readOnlineSettings(tx: Tx): Promise<OnlineSettings> {
  const [row] = await tx
    .select({
      cards: onlinePaymentSettings.cards,
      ach: onlinePaymentSettings.ach,
      partialPayments: onlinePaymentSettings.partialPayments,
      smsInvoiceLinks: onlinePaymentSettings.smsInvoiceLinks,
      smsFromOffice: onlinePaymentSettings.smsFromOffice,
      emailFromMobile: onlinePaymentSettings.emailFromMobile,
      smsFromMobile: onlinePaymentSettings.smsFromMobile,
    })
    .from(onlinePaymentSettings)
    .where(sql`${onlinePaymentSettings.companyId} = current_company_id()`);
  return row ?? defaults;
}
