import { readPaymentLink } from '#app/invoicing/payments/links.server.ts';
import { payToken } from '#app/invoicing/payments/pay-tokens.server.ts';
import { portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import type { Tx } from '#db/client.ts';

import { readPortal } from './brand.server.ts';

/** What *Payment Link* on a customer's record shows. */
export type OfficePaymentLink = {
  /** False while the portal has no host or is switched off: then no link can work. */
  open: boolean;
  /** Null while none was generated, or no portal has a host for it. */
  url: string | null;
  /** 0 while none was generated. */
  version: number;
  createdAt: Date | null;
};

/**
 * A customer's payment link as the office copies it (S4-01, S4-02). The address is derived from customer and version, so that
 * it can be shown again.
 */
export async function readOfficePaymentLink(
  tx: Tx,
  { addresses, secret }: { addresses: Addresses; secret: string },
  customerId: number,
): Promise<OfficePaymentLink> {
  const { host, enabled, brand } = await readPortal(tx);
  const link = await readPaymentLink(tx, customerId);
  const version = link?.version ?? 0;
  const token = payToken(secret, { companyId: brand.companyId, kind: 'customer', id: customerId, version });
  return {
    open: enabled,
    url: link && host ? `${portalOrigin(addresses, host)}/pay/${token}` : null,
    version,
    createdAt: link?.createdAt ?? null,
  };
}
