import { sql } from 'drizzle-orm';

import { audienceQuery } from '#app/audiences/audience.server.ts';
import { estimateSms, type SmsEstimate } from '#builders/sms/estimate.ts';
import { prepareSms } from '#builders/sms/compose.ts';
import { priceOf, type PriceRange } from '#builders/sms/prices.ts';
import type { CompiledSms } from '#builders/sms/compiled.ts';
import type { MergeValues } from '#builders/merge/values.ts';
import type { Tx } from '#db/client.ts';
import { joinWhole } from '#db/plans.ts';

import type { CampaignCheck } from './checklist.server.ts';
import { exampleUrl, inventedValues } from './invented.server.ts';
import { mergeValues, recipientColumns, type RecipientRow } from './send-values.server.ts';

/** So many recipients are written for an estimate; smaller audiences are counted whole. */
const SAMPLE = 2_000;

/** How far from the composer's own count a recipient can be: those with the longest and shortest values, and some between. */
const SAMPLE_SHOWN = 40;

/** `address`: where the message goes; a postal one has a line each. */
export type Recipient = { name: string; values: MergeValues; address: string };

/**
 * Some of a draft's recipients with their values, evenly drawn and the same each time, those with the longest values first;
 * an invented customer while there is nobody.
 * @param limit at most so many are drawn
 */
export async function sampleRecipients(tx: Tx, check: CampaignCheck, limit: number): Promise<Recipient[]> {
  const { rules, today, reach, sender } = check;
  const rows = await joinWhole(tx, () =>
    tx.execute<RecipientRow & { address: string }>(sql`
      select ${recipientColumns}, a.address
        from (select customer_id, invoice_id, address from (${audienceQuery(rules, today, reach)}) a where exclusion is null) a
        join customers cu on cu.company_id = current_company_id() and cu.id = a.customer_id
        join invoices i on i.company_id = current_company_id() and i.id = a.invoice_id
       order by hashint8(i.id) limit ${limit}`),
  );
  const drawn = rows.map((row) => ({
    name: row.name,
    values: mergeValues(sender, row, today, ''),
    address: row.address,
  }));
  return drawn.length > 0 ? drawn : [{ name: 'an invented customer', values: inventedValues(sender), address: '' }];
}

/** A draft's recipients for the composer: the longest and the shortest by what is known of them, and some between. */
export async function composerSamples(tx: Tx, check: CampaignCheck): Promise<Recipient[]> {
  const drawn = await sampleRecipients(tx, check, SAMPLE);
  const length = ({ values }: Recipient) => JSON.stringify([values.customer, values.invoice]).length;
  const sorted = drawn.toSorted((a, b) => length(b) - length(a));
  if (sorted.length <= SAMPLE_SHOWN) return sorted;
  const every = (sorted.length - 1) / (SAMPLE_SHOWN - 1);
  return Array.from({ length: SAMPLE_SHOWN }, (_, index) => sorted[Math.round(index * every)]!);
}

export type TextEstimate = {
  /** Parts of all texts together; `about` where they were drawn and not all counted. */
  parts: number;
  about: boolean;
  price: PriceRange;
  longest: { name: string; parts: number };
  /** How many of those who were counted can't be sent the text, as it is too long for them. */
  refused: number;
};

/** What a draft's texts come to (B-05, B-11). Null while it does not compile, or nobody gets it. */
export async function estimateTexts(tx: Tx, check: CampaignCheck): Promise<TextEstimate | null> {
  const { content, counts, sender } = check;
  if (content.channel !== 'sms' || !content.compiled || counts.eligible === 0) return null;
  return estimateOf(content.compiled, await sampleRecipients(tx, check, SAMPLE), counts.eligible, exampleUrl(sender));
}

/** @param eligible how many get the text, of whom `recipients` were drawn */
export function estimateOf(
  compiled: CompiledSms,
  recipients: readonly Recipient[],
  eligible: number,
  url: string,
): TextEstimate | null {
  const prepared = prepareSms(compiled);
  const shortUrl = () => url;
  const estimate = estimateSms(
    prepared,
    recipients.map((one) => one.values),
    shortUrl,
  );
  if (!estimate) return null;
  const parts = Math.round((estimate.parts / recipients.length) * eligible);
  return {
    parts,
    about: recipients.length < eligible,
    price: priceOf(parts),
    longest: longestOf(estimate, recipients),
    refused: estimate.refused,
  };
}

const longestOf = ({ worst }: SmsEstimate, recipients: readonly Recipient[]) => ({
  name: recipients[worst.sample]?.name ?? '',
  parts: worst.composed.count.parts,
});
