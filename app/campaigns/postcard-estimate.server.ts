import { CENTS_PER_CARD } from '#app/messaging/postage.ts';
import type { Tx } from '#db/client.ts';

import type { AddressCounts } from './audience-addresses.server.ts';
import { cardFor } from './card-for.server.ts';
import type { CampaignCheck } from './checklist.server.ts';
import { mailTimes, type MailTimes } from './mail-times.ts';
import { sampleRecipients } from './text-estimate.server.ts';

/** So many recipients' cards are laid out for an estimate; smaller audiences are tried whole. */
const SAMPLE = 200;

export type PostcardEstimate = {
  size: string;
  /** List price of all cards together, in cents. */
  costCents: number;
  /** How many would be left out since their texts do not fit; `about` where only some were tried. */
  misfits: number;
  about: boolean;
  times: MailTimes;
  addresses: AddressCounts;
};

/** What a draft's postcards come to (B-05, B-12). Null for another channel, and while it does not compile. */
export async function estimatePostcards(tx: Tx, check: CampaignCheck): Promise<PostcardEstimate | null> {
  const { content, counts, sender, today } = check;
  if (content.channel !== 'mail' || !content.compiled) return null;
  const { compiled, card, addresses } = content;
  const drawn = counts.eligible === 0 ? [] : await sampleRecipients(tx, check, SAMPLE);
  const found = drawn.filter(({ name, values, address }) => {
    const preview = cardFor(compiled, sender, card, values, [name, ...address.split('\n')]);
    return preview === null || preview.misfits.length > 0;
  });
  const share = drawn.length === 0 ? 0 : found.length / drawn.length;
  return {
    size: compiled.size,
    costCents: counts.eligible * CENTS_PER_CARD[compiled.size],
    misfits: Math.round(share * counts.eligible),
    about: drawn.length < counts.eligible,
    times: mailTimes(today),
    addresses,
  };
}
