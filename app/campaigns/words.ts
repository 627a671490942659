import type { Tone } from '#app/ui/StatusBadge.tsx';

/** What a campaign can be in: see db/schema/campaigns.ts. */
export type CampaignStatus = 'draft' | 'launching' | 'sending' | 'paused' | 'sent' | 'canceled';

/** A campaign's state as people read it, and its color. */
export const statusWords: Record<CampaignStatus, { label: string; tone: Tone }> = {
  draft: { label: 'Draft', tone: 'draft' },
  launching: { label: 'Getting ready', tone: 'sending' },
  sending: { label: 'Sending', tone: 'sending' },
  paused: { label: 'Paused', tone: 'soon' },
  sent: { label: 'Sent', tone: 'paid' },
  canceled: { label: 'Canceled', tone: 'draft' },
};

/** A campaign that sends, while its provider takes nothing. */
export const waitingWords: { label: string; tone: Tone } = { label: 'Waiting', tone: 'soon' };

/** True while a campaign has messages that may still go out. */
export const isRunning = (status: CampaignStatus) =>
  status === 'launching' || status === 'sending' || status === 'paused';

/** What an answer by text does, as whoever writes a campaign chose it. */
export const onReplyWords = (stops: boolean): string =>
  stops ? 'A customer who answers gets nothing more of it' : 'It goes on for customers who answer';
