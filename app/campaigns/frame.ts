import { stepState, type CheckItem } from './checklist.ts';

/** What the line of steps shows. */
export type Frame = {
  campaign: { id: number; name: string };
  steps: { audience: CheckItem['state']; email: CheckItem['state']; review: CheckItem['state'] };
};

export function frameOf(campaign: { id: number; name: string }, items: readonly CheckItem[]): Frame {
  const steps = { audience: stepState(items, 'audience'), email: stepState(items, 'email') };
  const review = items.every((each) => each.state === 'done') ? 'done' : 'missing';
  return { campaign: { id: campaign.id, name: campaign.name }, steps: { ...steps, review } };
}
