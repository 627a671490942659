import { sql } from 'drizzle-orm';

import { readRules } from '#app/audiences/rules.ts';
import { checkAddresses, type Checked } from '#app/messaging/address-checks.server.ts';
import type { PostalAddress } from '#app/messaging/postal-address.ts';
import { Blocked, type MailProvider } from '#app/messaging/provider.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';

import { audienceAddresses } from './audience-addresses.server.ts';
import { getCampaign } from './campaigns.server.ts';
import { localDay } from './send-values.server.ts';

type Checking = {
  db: Db;
  mailProvider: (companyId: number) => Promise<Pick<MailProvider, 'name' | 'account' | 'verify'>>;
  stopping?: () => boolean;
};

/** Where the cards of a campaign would go. */
export type AudienceAddresses = (tx: Tx, campaignId: number) => Promise<PostalAddress[]>;

/**
 * Looks up the postal addresses of a campaign's audience (B-12), and comes back for the rest where the provider can't be asked just
 * now or the process stops: what was looked up is kept. Where somebody has to act first, it ends with what is to be done, in words.
 * @throws Error when nothing could be looked up at all, so that the next try comes later and later
 */
export async function checkAudience(
  checking: Checking,
  companyId: number,
  campaignId: number,
  addressesOf: AudienceAddresses = addressesOfAudience,
): Promise<Checked> {
  const { db, stopping } = checking;
  const addresses = await withCompany(db, companyId, (tx) => addressesOf(tx, campaignId));
  const provider = await checking.mailProvider(companyId).catch(blockedOr);
  if ('why' in provider) return { checked: 0, end: provider };
  const result = await checkAddresses(db, companyId, addresses, provider, { ...(stopping && { stopping }) });
  const { checked, end } = result;
  if (end === null || end.kind === 'blocked') return result;
  if (end.kind === 'later' && checked === 0) throw new Error('The provider can’t look addresses up just now.');
  const runAt = new Date(Date.now() + (end.kind === 'later' ? end.afterSeconds * 1000 : 0));
  const key = `addresses:${companyId}:${campaignId}`;
  await withCompany(db, companyId, (tx) => addJob(tx, 'addresses.check', { companyId, campaignId }, { runAt, key }));
  return result;
}

/** All of them; none once the campaign is on its way. */
async function addressesOfAudience(tx: Tx, campaignId: number): Promise<PostalAddress[]> {
  const campaign = await getCampaign(tx, campaignId);
  if (campaign?.status !== 'draft') return [];
  const [company] = await tx.execute<{ timeZone: string }>(
    sql`select time_zone as "timeZone" from companies where id = current_company_id()`,
  );
  const { purpose, audience } = campaign;
  return audienceAddresses(tx, { rules: readRules(audience), today: localDay(company!.timeZone), reach: { purpose } });
}

function blockedOr(error: unknown) {
  if (error instanceof Blocked) return { kind: 'blocked', why: error.message } as const;
  throw error;
}
