import fc from 'fast-check';
import { expect, test } from 'vitest';

import { TEXT_LIMIT, emptySms, parseSmsDocument } from './document.ts';

const parse = (text: unknown) => parseSmsDocument({ version: 1, text });

test('a new text is a document', () => {
  expect(parseSmsDocument(emptySms())).toEqual({ ok: true, document: emptySms() });
});

test('line ends become one, tabs blanks, and control characters go', () => {
  expect(parse('a\r\nb\rc\u2028d\te\0\u0007f\u0085g\u009bh')).toEqual({
    ok: true,
    document: { version: 1, text: 'a\nb\nc\nd ef\ngh' },
  });
  expect(parse('“Łukasz” 👩‍👧 \u200d{{ customer.name }}')).toMatchObject({
    document: { text: '“Łukasz” 👩‍👧 \u200d{{ customer.name }}' },
  });
});

test('a text that is too long is refused with what to take out', () => {
  expect(parse('a'.repeat(TEXT_LIMIT)).ok).toBe(true);
  expect(parse('\0'.repeat(50) + 'a'.repeat(TEXT_LIMIT)).ok).toBe(true);
  expect(parse('a'.repeat(TEXT_LIMIT + 12))).toEqual({
    ok: false,
    error: 'A text can have 1,600 characters at most. Take out 12.',
  });
});

test('what is no text is refused, and what was read is read again unchanged', () => {
  for (const input of [null, 'text', {}, { version: 2, text: '' }, { version: 1, text: 5 }]) {
    expect(parseSmsDocument(input)).toEqual({ ok: false, error: 'This is not a text we can read.' });
  }
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (text) => {
      const first = parse(text);
      if (first.ok) expect(parseSmsDocument(first.document)).toEqual(first);
    }),
  );
});
