import { expect, test } from 'vitest';

import { footer, section, text } from '#builders/email/blocks.ts';
import { documentOf, emptyDocument } from '#builders/email/document.ts';
import { emailTemplates } from '#builders/email/templates/templates.ts';
import { problemOf } from '#builders/merge/problem.ts';

import { checklist, hasContent, stepState, usesOf, type CheckId, type ChecklistFacts } from './checklist.ts';

const ready: ChecklistFacts = {
  campaignId: 7,
  rulesReadable: true,
  eligible: 1204,
  subject: 'Invoice {{ invoice.number }}',
  hasContent: true,
  uses: { portalLink: true, payLink: false, unsubscribe: true, postalAddress: true },
  problems: [],
  postalAddress: '1 Main Street\nAustin, TX 78701',
  portalOrigin: 'http://demo.portal.localhost:3000',
  from: 'billing@larkfield.example',
};
const open = (change: Partial<ChecklistFacts>) =>
  checklist({ ...ready, ...change }).filter((item) => item.state !== 'done');

test('a campaign that has everything has nothing open', () => {
  expect(open({})).toEqual([]);
  expect(stepState(checklist(ready), 'audience')).toBe('done');
  expect(stepState(checklist(ready), 'content')).toBe('done');
});

const uses = ready.uses;
const broken: [string, CheckId, Partial<ChecklistFacts>, 'missing' | 'wrong', string][] = [
  ['nobody in the audience', 'audience', { eligible: 0 }, 'missing', '/campaigns/7/audience'],
  ['rules that cannot be read', 'audience', { rulesReadable: false }, 'wrong', '/campaigns/7/audience'],
  ['no subject', 'subject', { subject: '  ' }, 'missing', '/campaigns/7/email'],
  ['an empty email', 'content', { hasContent: false }, 'missing', '/campaigns/7/email'],
  ['no unsubscribe link', 'unsubscribe', { uses: { ...uses, unsubscribe: false } }, 'missing', '/campaigns/7/email'],
  [
    'no postal address in it',
    'postal_address',
    { uses: { ...uses, postalAddress: false } },
    'missing',
    '/campaigns/7/email',
  ],
  ['a company without an address', 'postal_address', { postalAddress: ' \n' }, 'missing', '/settings/company'],
  [
    'S0-06: a portal that is not set up',
    'portal',
    { portalOrigin: null },
    'wrong',
    '/settings/communications/customer-portal',
  ],
  [
    'B-10: an unknown merge tag',
    'tags',
    { problems: [problemOf('Text 2', 'Unknown tag customer.nme.')] },
    'wrong',
    '/campaigns/7/email',
  ],
  ['no From address', 'from', { from: null }, 'missing', '/settings/company'],
];

test.each(broken)('%s is one open line that says what to do and leads to its place', (_, id, change, state, to) => {
  const lines = open(change);
  expect(lines.map((line) => [line.id, line.state, line.to])).toEqual([[id, state, to]]);
  expect(lines[0]!.message).toMatch(/\.$/);
});

test('S0-06: a portal that no link needs is not asked for', () => {
  const none = { ...uses, portalLink: false, payLink: false };
  expect(open({ portalOrigin: null, uses: none })).toEqual([]);
  expect(open({ portalOrigin: null, uses: { ...none, payLink: true } }).map((line) => line.id)).toEqual(['portal']);
});

test('an empty subject is said once, though the compiler finds it too', () => {
  const problems = [problemOf('Subject', 'The subject is empty.')];
  expect(open({ subject: '', problems }).map((line) => line.id)).toEqual(['subject']);
});

test('what an email uses is read from its blocks', () => {
  for (const template of emailTemplates) {
    expect(usesOf(template.document)).toEqual({
      portalLink: true,
      payLink: true,
      unsubscribe: true,
      postalAddress: true,
    });
    expect(hasContent(template.document)).toBe(true);
  }
  expect(hasContent(emptyDocument())).toBe(false);
  expect(hasContent(documentOf([section([text('<br>&nbsp; '), footer()])]))).toBe(false);
  const plain = documentOf([section([text('Hello <a href="{{ links.unsubscribe }}">stop</a>')])]);
  expect(usesOf(plain)).toEqual({ portalLink: false, payLink: false, unsubscribe: true, postalAddress: false });
});
