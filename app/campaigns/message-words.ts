import type { Tone } from '#app/ui/StatusBadge.tsx';

import { explainReason } from './reasons.ts';
import type { PersonRow } from './results.server.ts';

/** The filter of the list of messages, in words. */
export const filterWords: { value: string; label: string }[] = [
  { value: 'sent', label: 'Sent' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'opened', label: 'Opened' },
  { value: 'clicked', label: 'Clicked' },
  { value: 'bounced', label: 'Bounced' },
  { value: 'unsubscribed', label: 'Unsubscribed' },
  { value: 'replied', label: 'Answered' },
  { value: 'complained', label: 'Reported as spam' },
  { value: 'mailed', label: 'In the post' },
  { value: 'returned', label: 'Came back' },
  { value: 'recalled', label: 'Taken back' },
  { value: 'machineOpened', label: 'Opened by a machine' },
  { value: 'machineClicked', label: 'Clicked by a machine' },
  { value: 'waiting', label: 'Not sent yet' },
  { value: 'skipped', label: 'Left out' },
  { value: 'failed', label: 'Failed' },
  { value: 'unknown', label: 'Not known' },
];

type Standing = Pick<
  PersonRow,
  'state' | 'reason' | 'deliveredAt' | 'openedAt' | 'clickedAt' | 'bouncedAt' | 'complainedAt' | 'unsubscribedAt'
> &
  Partial<Pick<PersonRow, 'repliedAt' | 'mailedAt' | 'returnedAt'>>;

/** Where a message stands, by what weighs most: a reason, a complaint, then how far it came. */
export function messageState(row: Standing): { label: string; tone: Tone } {
  if (row.state === 'skipped') return { label: labelOf(row, 'Left out'), tone: 'draft' };
  if (row.state === 'failed') return { label: labelOf(row, 'Failed'), tone: 'overdue' };
  if (row.state === 'unknown') return { label: 'Not known', tone: 'soon' };
  if (row.state === 'deferred') return { label: labelOf(row, 'Waits'), tone: 'soon' };
  if (row.state !== 'sent') return { label: 'Not sent yet', tone: 'draft' };
  if (row.complainedAt) return { label: 'Reported as spam', tone: 'overdue' };
  if (row.bouncedAt) return { label: 'Bounced', tone: 'overdue' };
  if (row.returnedAt) return { label: 'Came back', tone: 'overdue' };
  if (row.unsubscribedAt) return { label: 'Unsubscribed', tone: 'soon' };
  if (row.repliedAt) return { label: 'Answered', tone: 'paid' };
  if (row.clickedAt) return { label: 'Clicked', tone: 'paid' };
  if (row.openedAt) return { label: 'Opened', tone: 'paid' };
  if (row.deliveredAt) return { label: 'Delivered', tone: 'sending' };
  if (row.mailedAt) return { label: 'In the post', tone: 'sending' };
  return { label: 'Sent', tone: 'sending' };
}

const labelOf = (row: Standing, otherwise: string) => (row.reason ? explainReason(row.reason).label : otherwise);
