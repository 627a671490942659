import type { Problem } from '#builders/merge/problem.ts';
import { formatCount, formatNoun } from '#app/ui/format.ts';

import {
  audienceItem,
  item,
  portalItem,
  tagsMessage,
  type CheckItem,
  type CommonFacts,
  type Place,
} from './checklist.ts';

export type PostcardFacts = CommonFacts & {
  /** Whether anything is written on it yet. */
  written: boolean;
  usesPortal: boolean;
  /** What keeps the card from being compiled, with its places. */
  problems: readonly Problem[];
  /** What does not fit the card as the audience's first recipient gets it, in words. */
  misfits: readonly string[];
  /** What is wrong with the picture for this size, in words; null where nothing is. */
  picture: string | null;
  /** Where cards come back to: the company's postal address. */
  returnAddress: readonly string[];
  /** Addresses of the audience: how many were looked up, and how many were not yet (B-12). */
  addresses: { checked: number; unchecked: number };
  /** Whether cards may go out; else why not, and where that is put right. */
  printer: { ok: true } | { ok: false; why: string; to: string };
};

/** Every line that stands between a draft by mail and its launch, in the order of the steps. All must be done. */
export function postcardChecklist(facts: PostcardFacts): CheckItem[] {
  const content: Place = {
    step: 'content',
    to: `/campaigns/${facts.campaignId}/postcard`,
    place: 'Build Mail Sequence',
  };
  const problems = facts.written ? facts.problems : [];
  const fits = facts.misfits.length === 0;
  return [
    audienceItem(facts),
    item(
      'content',
      content,
      'Message',
      facts.written ? 'done' : 'missing',
      'The postcard says nothing yet. Write its Body.',
    ),
    {
      ...item(
        'tags',
        content,
        'Texts, merge tags and links',
        problems.length > 0 ? 'wrong' : 'done',
        tagsMessage('postcard', problems.length),
      ),
      problems,
    },
    item('fit', content, 'Fits the card', fits ? 'done' : 'wrong', facts.misfits.join(' ')),
    ...(facts.picture === null ? [] : [item('picture', content, 'Picture', 'wrong', facts.picture)]),
    ...(facts.usesPortal ? [portalItem('postcard', facts)] : []),
    returnItem(facts.returnAddress),
    addressItem(facts),
    printerItem(facts.printer),
  ];
}

function returnItem(lines: readonly string[]): CheckItem {
  const settings: Place = { step: 'settings', to: '/settings/company', place: 'Company profile' };
  const message = 'Your company has no postal address yet. Cards that can’t be delivered come back to it.';
  return {
    ...item('postal_address', settings, 'Return address', lines.length > 1 ? 'done' : 'missing', message),
    detail: lines.slice(1).join(', '),
  };
}

/** Cards to wrong addresses cost money, so each is looked up before the launch. */
function addressItem({ campaignId, addresses }: PostcardFacts): CheckItem {
  const review: Place = { step: 'settings', to: `/campaigns/${campaignId}/review#addresses`, place: 'Check addresses' };
  const { checked, unchecked } = addresses;
  const message = `${formatNoun(unchecked, 'address', 'addresses')} ${unchecked === 1 ? 'is' : 'are'} not checked yet.`;
  return {
    ...item('addresses', review, 'Addresses checked', unchecked === 0 ? 'done' : 'missing', message),
    detail: checked > 0 ? `${formatCount(checked)} looked up` : '',
  };
}

function printerItem(printer: PostcardFacts['printer']): CheckItem {
  const settings = (to: string): Place => ({ step: 'settings', to, place: 'Settings for postcards' });
  return printer.ok
    ? item('printer', settings('/settings/postcards'), 'Printer', 'done', '')
    : item('printer', settings(printer.to), 'Printer', 'missing', printer.why);
}
