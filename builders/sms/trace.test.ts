import fc from 'fast-check';
import { expect, test } from 'vitest';

import { linkBook } from '../merge/tracked-links.ts';
import { sampleValues, type MergeValues } from '../merge/values.ts';
import { compileSms } from './compile.ts';
import { composeSms, prepareSms } from './compose.ts';
import { stretchesOf } from './stretches.ts';
import { traceSms, typedPlace } from './trace.ts';

const options = { where: 'Message', portalReady: true };
const shortUrl = (key: string) => `https://demo.go.example/k7m2p9q4r${key.slice(1)}`;

function trace(text: string, values: MergeValues = sampleValues) {
  const result = compileSms({ version: 1, text }, options);
  if (!result.ok) return null;
  const { stretches } = stretchesOf(text, 'Message', linkBook(), options);
  const { body, count } = composeSms(prepareSms(result.compiled), values, shortUrl);
  return { body, count, traced: traceSms(stretches, result.compiled, values, shortUrl) };
}

test('B-11: each stretch of the typed text is followed into the composed one', () => {
  const text = '  Hi {{ customer.first_name }}, see example.com or{{ links.pay_invoice }}{% if false %} no{% endif %}!';
  const { body, traced } = trace(text) ?? { body: '', traced: [] };
  expect(traced.map(({ stretch, from, to }) => [text.slice(stretch.start, stretch.end), body.slice(from, to)])).toEqual(
    [
      ['  Hi ', 'Hi '],
      ['{{ customer.first_name }}', 'Dana'],
      [', see ', ', see '],
      ['example.com', 'https://demo.go.example/k7m2p9q4r1'],
      [' or', ' or'],
      ['{{ links.pay_invoice }}', ' https://demo.go.example/k7m2p9q4r2'],
      ['!', '!'],
    ],
  );
});

test('B-11: where a part begins is found in the typed text', () => {
  const text = `Hi {{ customer.first_name }}, ${'a'.repeat(143)}b${'c'.repeat(152)} {{ customer.name }}`;
  const { count, traced } = trace(text) ?? { count: { starts: [] }, traced: [] };
  const places = count.starts.map((start) => typedPlace(traced, start));
  expect(places[0]).toBe(0);
  expect(text.slice(places[1] ?? 0).startsWith('c')).toBe(true);
  expect(text.slice((places[1] ?? 0) - 2, places[1] ?? 0)).toBe('ab');
  const behind = trace('a'.repeat(155));
  expect(typedPlace(behind?.traced ?? [], behind?.count.starts[1] ?? 0)).toBe(153);
  expect(typedPlace(behind?.traced ?? [], 156)).toBeNull();
});

test('any text: plain stretches are found letter by letter', () => {
  const part = fc.constantFrom(
    'Hi ',
    ' ',
    '\n',
    'a{',
    '{{ customer.first_name }}',
    '{{- links.pay_invoice }}',
    ' example.com',
    '(',
    '. ',
    '{% if invoice.number %}',
    '{% endif %}',
    '\uf0b7',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), fc.string({ maxLength: 8 }), (parts, first_name) => {
      const text = parts.join('');
      const values = { ...sampleValues, customer: { ...sampleValues.customer, first_name } };
      const made = trace(text, values);
      if (made === null) return;
      let last = 0;
      for (const { stretch, from, to } of made.traced) {
        expect(from).toBe(last);
        last = to;
        const shown = made.body.slice(from, to);
        if (stretch.kind === 'text') expect(stretch.source).toContain(shown.trim());
        if (stretch.kind === 'url') expect(shown).toContain('https://demo.go.example/');
      }
      expect(made.body.slice(last).trim()).toBe(last === 0 ? '' : 'Reply STOP to opt out.');
    }),
    { numRuns: 500 },
  );
});
