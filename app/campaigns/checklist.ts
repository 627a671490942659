import { FOOTER, bodyOf, type BlockNode, type EmailDocument } from '#builders/email/document.ts';
import type { Problem } from '#builders/merge/problem.ts';

import { places } from './places.ts';

/** What the checklist of any channel looks at. Gathered by checklist.server.ts, the same for the page and for the launch. */
export type CommonFacts = {
  campaignId: number;
  /** False when the stored rules can't be read: then nobody is guessed. */
  rulesReadable: boolean;
  eligible: number;
  /** Where the portal answers, or null while it is not set up. */
  portalOrigin: string | null;
};

export type ChecklistFacts = CommonFacts & {
  subject: string;
  hasContent: boolean;
  uses: EmailUses;
  /** What keeps the email from being compiled, with its places. */
  problems: readonly Problem[];
  /** The company's own, several lines or none. */
  postalAddress: string;
  /** The From address, or null when there is none. */
  from: string | null;
};

export type EmailUses = { portalLink: boolean; payLink: boolean; unsubscribe: boolean; postalAddress: boolean };

export type CheckId =
  | 'audience'
  | 'subject'
  | 'content'
  | 'tags'
  | 'unsubscribe'
  | 'postal_address'
  | 'portal'
  | 'from'
  | 'opt_out'
  | 'number'
  | 'fit'
  | 'picture'
  | 'addresses'
  | 'printer';

export type CheckItem = {
  id: CheckId;
  /** The step it belongs to; `settings` stand outside the campaign. */
  step: 'audience' | 'content' | 'settings';
  /** `missing` is not there yet, `wrong` is there and can't be sent. */
  state: 'done' | 'missing' | 'wrong';
  label: string;
  /** What is the matter and what to do; empty when done. */
  message: string;
  problems: readonly Problem[];
  /** What is there, in a few words; empty where there is nothing to name. */
  detail: string;
  /** Where it is put right, and what that place is called. */
  to: string;
  place: string;
};

/** Every line that stands between a draft by email and its launch, in the order of the steps. All must be done. */
export function checklist(facts: ChecklistFacts): CheckItem[] {
  const email = { step: 'content' as const, to: `/campaigns/${facts.campaignId}/email`, place: 'Email Sequence' };
  const portalLinks = facts.uses.portalLink || facts.uses.payLink;
  const subject = facts.subject.trim() !== '';
  // An empty subject or email has a line of its own.
  const problems = facts.problems.filter((each) => each.message !== EMPTY_SUBJECT && each.message !== EMPTY_EMAIL);
  return [
    audienceItem(facts),
    {
      ...item('subject', email, 'Subject', subject ? 'done' : 'missing', 'The email has no subject yet.'),
      detail: facts.subject.trim(),
    },
    item('content', email, 'Message', facts.hasContent ? 'done' : 'missing', 'The email says nothing yet. Add a text.'),
    {
      ...item(
        'tags',
        email,
        'Merge tags and links',
        problems.length > 0 ? 'wrong' : 'done',
        tagsMessage('email', problems.length),
      ),
      problems,
    },
    item(
      'unsubscribe',
      email,
      'Unsubscribe link',
      facts.uses.unsubscribe ? 'done' : 'missing',
      'Every campaign email needs a way out. Add the Footer block or an Unsubscribe link.',
    ),
    postalItem(facts, email),
    ...(portalLinks ? [portalItem('email', facts)] : []),
    {
      ...item('from', email, 'From address', facts.from ? 'done' : 'missing', FROM_MISSING),
      detail: facts.from ?? '',
      step: 'settings',
      to: places.company,
      place: 'Company profile',
    },
  ];
}

/** The messages of `compileEmail` for what has a line of its own here. */
const EMPTY_SUBJECT = 'The subject is empty.';
const EMPTY_EMAIL = 'The email is empty.';
const FROM_MISSING = 'Your provider needs the address that your emails come from.';

export type Place = Pick<CheckItem, 'step' | 'to' | 'place'>;

export function item(id: CheckId, place: Place, label: string, state: CheckItem['state'], message: string): CheckItem {
  return { id, ...place, label, state, message: state === 'done' ? '' : message, detail: '', problems: [] };
}

export function audienceItem(facts: CommonFacts): CheckItem {
  const place: Place = { step: 'audience', to: `/campaigns/${facts.campaignId}/audience`, place: 'Audience' };
  if (!facts.rulesReadable) {
    return item('audience', place, 'Audience', 'wrong', 'These audience rules can’t be read any more. Set them again.');
  }
  const message = 'Nobody matches these rules right now, or everybody who does is left out.';
  const detail = `${facts.eligible.toLocaleString('en-US')} get it`;
  return { ...item('audience', place, 'Audience', facts.eligible > 0 ? 'done' : 'missing', message), detail };
}

function postalItem(facts: ChecklistFacts, email: Place): CheckItem {
  const label = 'Postal address';
  if (!facts.uses.postalAddress) {
    const message = 'The law asks for your postal address in each email. Add the Footer block.';
    return item('postal_address', email, label, 'missing', message);
  }
  const settings: Place = { step: 'settings', to: places.company, place: 'Company profile' };
  const state = facts.postalAddress.trim() === '' ? 'missing' : 'done';
  const message = 'Your company has no postal address yet. The law asks for it.';
  return {
    ...item('postal_address', settings, label, state, message),
    detail: facts.postalAddress.split('\n').join(', '),
  };
}

export function portalItem(what: 'email' | 'text' | 'postcard', facts: CommonFacts): CheckItem {
  // The step that links to it is the one that can't be sent (S0-06), though it is put right elsewhere.
  const settings: Place = { step: 'content', to: places.portal, place: 'Customer Portal settings' };
  const message = `The ${what} links to the Customer Portal, which is not set up. Set it up or take the links out.`;
  const state = facts.portalOrigin === null ? 'wrong' : 'done';
  return { ...item('portal', settings, 'Customer Portal', state, message), detail: facts.portalOrigin ?? '' };
}

export const tagsMessage = (what: 'email' | 'text' | 'postcard', count: number) =>
  count === 1
    ? `One thing in the ${what} can’t be sent as it is.`
    : `${count} things in the ${what} can’t be sent as they are.`;

/** Whether a step of the campaign is done, missing something or wrong, for the line of steps. */
export function stepState(items: readonly CheckItem[], step: 'audience' | 'content'): CheckItem['state'] {
  const states = items.filter((each) => each.step === step).map((each) => each.state);
  return states.includes('wrong') ? 'wrong' : states.includes('missing') ? 'missing' : 'done';
}

/** What an email uses, read from its document alone: it answers even where the email does not compile. */
export function usesOf(document: EmailDocument): EmailUses {
  const blocks = blocksOf(document);
  const source = JSON.stringify(blocks);
  const footer = blocks.some((block) => block.type === FOOTER);
  return {
    portalLink: /\blinks\.customer_portal\b/.test(source),
    payLink: /\blinks\.pay_invoice\b/.test(source),
    unsubscribe: footer || /\blinks\.unsubscribe\b/.test(source),
    postalAddress: footer || /\bcompany\.postal_address\b/.test(source),
  };
}

/** True when a reader would find something in it besides the footer. */
export function hasContent(document: EmailDocument): boolean {
  return blocksOf(document).some((block) => {
    if (block.type === FOOTER || block.type === 'mj-spacer' || block.type === 'mj-divider') return false;
    if (block.type === 'mj-text') return block.content.replaceAll(/<[^>]*>|&nbsp;|\s/g, '') !== '';
    return true;
  });
}

function blocksOf(document: EmailDocument): BlockNode[] {
  return bodyOf(document).components.flatMap((section) => section.components.flatMap((column) => column.components));
}
