import type { Channel } from '#db/schema/columns.ts';

import { stepState, type CheckItem } from './checklist.ts';

/** What the line of steps shows. */
export type Frame = {
  campaign: { id: number; name: string; channel: Channel };
  steps: { audience: CheckItem['state']; content: CheckItem['state']; review: CheckItem['state'] };
};

export function frameOf(campaign: Frame['campaign'], items: readonly CheckItem[]): Frame {
  const { id, name, channel } = campaign;
  const steps = { audience: stepState(items, 'audience'), content: stepState(items, 'content') };
  const review = items.every((each) => each.state === 'done') ? 'done' : 'missing';
  return { campaign: { id, name, channel }, steps: { ...steps, review } };
}

/** The step in which a channel's message is written: its place in the address, and its name. */
export const contentStep = {
  email: { name: 'email', label: 'Email Sequence' },
  sms: { name: 'text', label: 'Text Message' },
  mail: { name: 'postcard', label: 'Build Mail Sequence' },
} as const;
