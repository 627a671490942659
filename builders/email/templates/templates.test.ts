import { describe, expect, it } from 'vitest';

import { mergeFields } from '../../merge/fields.ts';
import { specialLinks } from '../../merge/special-links.ts';
import { type BlockNode, FOOTER, INVITATION_NOTE, INVOICE_SUMMARY, bodyOf, parseEmailDocument } from '../document.ts';
import { emailTemplates } from './templates.ts';

describe.each(emailTemplates.map((template) => [template.name, template] as const))(
  'template %s',
  (_name, template) => {
    const blocks: BlockNode[] = bodyOf(template.document).components.flatMap((section) =>
      section.components.flatMap((column) => column.components),
    );
    const all = JSON.stringify([template.subject, template.preheader, template.document]);

    it('is a document as the builder saves it', () => {
      expect(parseEmailDocument(template.document)).toEqual({ ok: true, document: template.document });
    });

    it('S0-05: has one button, Pay invoice, that leads to the invoice', () => {
      const buttons = blocks.filter((block) => block.type === 'mj-button');
      expect(buttons).toMatchObject([{ content: 'Pay invoice', attributes: { href: '{{ links.pay_invoice }}' } }]);
    });

    it('S0-02: links to the Customer Portal in its text', () => {
      expect(
        blocks.some(
          (block) => block.type === 'mj-text' && block.content.includes('href="{{ links.customer_portal }}"'),
        ),
      ).toBe(true);
    });

    it('S0-07: advises to click Request an invitation, after the portal link', () => {
      const note = blocks.findIndex(
        (block) => block.type === INVITATION_NOTE && block.content.includes('Request an invitation'),
      );
      const link = blocks.findIndex(
        (block) => block.type === 'mj-text' && block.content.includes('links.customer_portal'),
      );
      expect(note).toBe(link + 1);
    });

    it('greets by first name, shows the invoice and ends with the footer', () => {
      expect(all).toContain('Hi {{ customer.first_name | default: \\"there\\" }},');
      expect(blocks.filter((block) => block.type === INVOICE_SUMMARY)).toHaveLength(1);
      expect(blocks.at(-1)?.type).toBe(FOOTER);
    });

    it('reads only merge tags that exist', () => {
      const known = new Set([...mergeFields, ...specialLinks].map((each) => each.name));
      const used = [...all.matchAll(/\{\{\s*([\w.]+)/g)].map((match) => match[1] ?? '');
      expect(used.filter((name) => !known.has(name))).toEqual([]);
      expect(template.subject.length).toBeGreaterThan(10);
    });
  },
);

it('there are three, each with an id and name of its own', () => {
  expect(new Set(emailTemplates.map((template) => template.id)).size).toBe(3);
  expect(new Set(emailTemplates.map((template) => template.name)).size).toBe(3);
});
