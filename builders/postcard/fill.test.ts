import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { sampleValues, type MergeValues } from '../merge/values.ts';
import { isPlain } from './allowed.ts';
import { Card } from './card.ts';
import { compilePostcard } from './compile.ts';
import type { PostcardDocument } from './document.ts';
import { fillPostcard, preparePostcard, type CardParts } from './fill.ts';
import { emptyPostcard } from './form.ts';
import { layoutCard } from './layout.ts';
import { postcardTemplates } from './templates.ts';

const parts: CardParts = {
  brand: { name: 'Brightwater Plumbing', color: '#1e6b52', logo: null },
  returnAddress: ['Brightwater Plumbing', '210 Elm St', 'Austin, TX 78701'],
  address: ['Dana Whitfield', '9 Oak St', 'Austin, TX 78702'],
};
const urlOf = (key: string) => `https://demo.go.example/${key}abc`;

function prepared(body: string, more: Partial<PostcardDocument> = {}) {
  const empty = emptyPostcard();
  const document = { ...empty, front: { ...empty.front, headline: 'Hello' }, back: { ...empty.back, body }, ...more };
  const result = compilePostcard(document, { portalReady: true });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return preparePostcard(result.compiled);
}

function valuesWith(customer: Partial<MergeValues['customer']>, invoice: Partial<MergeValues['invoice']> = {}) {
  return {
    ...sampleValues,
    customer: { ...sampleValues.customer, ...customer },
    invoice: { ...sampleValues.invoice, ...invoice },
  };
}

function filled(body: string, values: MergeValues = sampleValues) {
  const result = fillPostcard(prepared(body), values, urlOf, parts);
  if (!result.ok) throw new Error(result.reason);
  return result;
}

describe('S0-14: one recipient’s card', () => {
  test('has its texts, its own links and what stands on every card', () => {
    const result = fillPostcard(
      prepared('Hi {{ customer.first_name }},\npay {{ invoice.amount_due }} at {{ links.pay_invoice }}.', {
        qr: { target: 'customer_portal', url: '', caption: 'Scan, {{ customer.first_name }}' },
        size: '6x9',
        design: 'letter',
      }),
      sampleValues,
      urlOf,
      parts,
    );
    expect(result).toMatchObject({ ok: true, lost: [] });
    const card = result.ok ? result.card : null;
    expect(Card.parse(card)).toEqual(card);
    expect(card).toMatchObject({
      size: '6x9',
      design: 'letter',
      ...parts,
      back: { body: 'Hi Dana,\npay $418.50 at demo.go.example/l1abc.', coupon: null },
      qr: { url: 'https://demo.go.example/l2abc', caption: 'Scan, Dana' },
    });
  });

  test('of which nothing is left cannot be printed', () => {
    const one = prepared('{{ customer.company_name }}');
    expect(fillPostcard(one, valuesWith({ company_name: '' }), urlOf, parts)).toEqual({ ok: false, reason: 'empty' });
    expect(fillPostcard(one, valuesWith({ company_name: '🎉' }), urlOf, parts)).toEqual({ ok: false, reason: 'empty' });
    expect(fillPostcard(one, valuesWith({ company_name: 'x'.repeat(9_000) }), urlOf, parts)).toEqual({
      ok: false,
      reason: 'too_long',
    });
  });

  test('has no gaps where a condition put nothing', () => {
    expect(filled('A\n\n{% if customer.company_name == "x" %}B{% endif %}\n\nC  ').card.back.body).toBe('A\n\nC');
  });
});

test.each(postcardTemplates.map((template) => [template.id, template] as const))(
  'B-12: the ready-made %s fits its card, with a long name and a long summary too',
  (_, { document }) => {
    const long = valuesWith(
      { name: 'Bartholomew Featherstonehaugh', first_name: 'Bartholomew' },
      { summary: 'Replacement of the water heater and two valves', amount_due: '$12,418.50', number: 'INV-2026-10421' },
    );
    for (const values of [sampleValues, long]) {
      const url = 'https://brightwater-plumbing.go.example/k7m2p9q4rs';
      const result = fillPostcard(prepared('', document), values, () => url, parts);
      expect(result.ok && layoutCard(result.card).problems).toEqual([]);
    }
  },
);

describe('S0-15: what merge values bring in', () => {
  test('names keep their accents', () => {
    expect(filled('Hi {{ customer.name }}', valuesWith({ name: 'José Łukasz Nguyễn' })).card.back.body).toBe(
      'Hi José Łukasz Nguyễn',
    );
  });

  test('an emoji in a job summary goes, and is reported with its text', () => {
    const { card, lost } = filled(
      'Thanks for {{ invoice.summary }}!',
      valuesWith({}, { summary: '🔥 Boiler\n“fixed” 🎉' }),
    );
    expect(card.back.body).toBe('Thanks for Boiler "fixed"!');
    expect(lost.map(({ where, name, line, column }) => [where, name, line, column])).toEqual([
      ['Body', 'Emoji 🔥', 1, 12],
      ['Body', 'Emoji 🎉', 1, 30],
    ]);
  });

  test('an address and a company’s name are held to it too', () => {
    const odd = { ...parts, returnAddress: ['Brightwater™', ''], address: ['Dana 🎉 Whitfield', '9 Oak–St'] };
    const result = fillPostcard(prepared('Hi'), sampleValues, urlOf, odd);
    expect(result).toMatchObject({
      ok: true,
      card: { returnAddress: ['Brightwater'], address: ['Dana Whitfield', '9 Oak-St'] },
      lost: [{ where: 'Return address' }, { where: 'Address' }],
    });
  });

  test('is never read as a tag', () => {
    expect(filled('Hi {{ customer.name }}', valuesWith({ name: '{{ company.name }}' })).card.back.body).toBe(
      'Hi (( company.name ))',
    );
  });

  test('whatever they are, each text of the card is plain, and short links are whole', () => {
    const value = fc.string({ unit: 'binary', maxLength: 30 });
    const cards = postcardTemplates.map(({ document }) => prepared('', document));
    fc.assert(
      fc.property(value, value, value, fc.constantFrom(...cards), (name, summary, street, card) => {
        const values = valuesWith({ name, first_name: name, company_name: name }, { summary, number: name });
        const result = fillPostcard(card, values, urlOf, { ...parts, address: [name, street] });
        if (!result.ok) throw new Error(result.reason);
        const { front, back, qr, returnAddress, address } = result.card;
        const texts = [front.headline, front.offer, back.headline, back.body, back.coupon?.title, back.coupon?.terms];
        for (const text of [...texts, qr?.caption, ...returnAddress, ...address])
          expect(isPlain(text ?? '')).toBe(true);
        for (const { key } of card.compiled.links) {
          const printed = urlOf(key).replace('https://', '');
          if (card.compiled.back.body.includes(`tracked.${key} `)) expect(back.body).toContain(printed);
        }
      }),
      { numRuns: 300 },
    );
  });
});
