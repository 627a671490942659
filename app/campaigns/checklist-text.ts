import { formatPhone } from '#app/ui/format.ts';
import type { Problem } from '#builders/merge/problem.ts';

import {
  audienceItem,
  item,
  portalItem,
  tagsMessage,
  type CheckItem,
  type CommonFacts,
  type Place,
} from './checklist.ts';

export type TextFacts = CommonFacts & {
  text: string;
  usesPortal: boolean;
  /** What keeps the text from being compiled, with its places. */
  problems: readonly Problem[];
  /** The line that tells how to stop, as it goes out. */
  optOut: string;
  /** The number that texts come from; or why none may go out, and where that is put right (S1-08). */
  number: { ok: true; number: string | null } | { ok: false; why: string; to: string };
};

/** Every line that stands between a draft by text and its launch, in the order of the steps. All must be done. */
export function textChecklist(facts: TextFacts): CheckItem[] {
  const content: Place = { step: 'content', to: `/campaigns/${facts.campaignId}/text`, place: 'Text Message' };
  const written = facts.text.trim() !== '';
  const problems = written ? facts.problems : [];
  return [
    audienceItem(facts),
    item('content', content, 'Message', written ? 'done' : 'missing', 'The text says nothing yet. Write what it says.'),
    {
      ...item(
        'tags',
        content,
        'Merge tags and links',
        problems.length > 0 ? 'wrong' : 'done',
        tagsMessage('text', problems.length),
      ),
      problems,
    },
    { ...item('opt_out', content, 'How to stop', 'done', ''), detail: facts.optOut },
    ...(facts.usesPortal ? [portalItem('text', facts)] : []),
    numberItem(facts.number),
  ];
}

function numberItem(number: TextFacts['number']): CheckItem {
  const settings = (to: string): Place => ({ step: 'settings', to, place: 'Settings for texts' });
  if (!number.ok) return item('number', settings(number.to), 'Number', 'missing', number.why);
  return {
    ...item('number', settings('/settings/texts'), 'Number', 'done', ''),
    detail: number.number ? formatPhone(number.number) : '',
  };
}
