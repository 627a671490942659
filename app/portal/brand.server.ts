import { sql } from 'drizzle-orm';

import { findImage, type StoredImage } from '#app/company/images.server.ts';
import type { Tx } from '#db/client.ts';

import { readableColor } from './color.ts';

/** The company as its customers meet it, on every page and in every mail of the portal. */
export type Brand = {
  companyId: number;
  name: string;
  phone: string;
  email: string;
  /** Readable on white: see `readableColor`. */
  color: string;
  logo: StoredImage | null;
  timeZone: string;
  currency: string;
};

export type Portal = {
  brand: Brand;
  enabled: boolean;
  /** The current host; null when none was chosen. */
  host: string | null;
  /** Ids of the business units whose invoices are shown; null for all (S2-13). */
  businessUnitIds: number[] | null;
  /** Whether customers may take an invoice along as a PDF (S2-20). */
  invoiceDownloads: boolean;
};

/**
 * The transaction's company as a portal. What is not set for the portal is taken from the company itself.
 * @throws Error outside a company
 */
export async function readPortal(tx: Tx): Promise<Portal> {
  const [row] = await tx.execute<{
    companyId: number;
    name: string;
    phone: string;
    email: string;
    color: string;
    logoImageId: number | null;
    timeZone: string;
    currency: string;
    enabled: boolean;
    host: string | null;
    businessUnitIds: string[] | null;
    invoiceDownloads: boolean;
  }>(sql`
    select c.id as "companyId", coalesce(nullif(s.name, ''), c.name) as name,
           coalesce(nullif(s.phone, ''), p.phone, '') as phone, coalesce(nullif(s.email, ''), p.email, '') as email,
           coalesce(p.color, '') as color, coalesce(s.logo_image_id, p.logo_image_id) as "logoImageId",
           c.time_zone as "timeZone", c.currency, coalesce(s.enabled, false) as enabled, h.name as host,
           to_jsonb(s.business_unit_ids) as "businessUnitIds", coalesce(s.invoice_downloads, true) as "invoiceDownloads"
      from companies c
      left join portal_settings s on true
      left join company_profiles p on true
      left join hosts h on h.company_id = c.id and h.kind = 'portal' and h.current
     where c.id = current_company_id()`);
  if (!row) throw new Error('readPortal needs a company: call it within withCompany');
  const { enabled, host, businessUnitIds, invoiceDownloads, logoImageId, color, ...brand } = row;
  return {
    brand: { ...brand, color: readableColor(color), logo: await findImage(tx, logoImageId) },
    enabled: enabled && host !== null,
    host,
    businessUnitIds: businessUnitIds?.map(Number) ?? null,
    invoiceDownloads,
  };
}
