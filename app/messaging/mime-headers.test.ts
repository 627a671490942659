import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mailboxHeader, textHeader } from './mime-headers.ts';

const words = fc.oneof(
  fc.string({ maxLength: 90 }),
  fc.stringMatching(/^[A-Za-z.,'-]{1,12}( [A-Za-z.,'-]{1,12}){0,6}$/),
  fc.stringMatching(/^[a-z]{55,75}$/),
  fc.constantFrom('', '=?utf-8?Q?x?=', '"Pat"', 'a\\b', 'a=b', 'two  blanks', 'x\r\nBcc: y@z.example'),
);

/** A blank before it is taken off again, and keeps a value from being taken as plain at first sight. */
const carefully = (value: string) => ` ${value}`;

test('plain values are written as the careful way would', () => {
  fc.assert(
    fc.property(words, fc.stringMatching(/^[a-z]{1,40}$/), (value, local) => {
      expect(textHeader('Subject', value)).toBe(textHeader('Subject', carefully(value)));
      const address = `${local}@customer.example`;
      expect(mailboxHeader('To', { name: value, address })).toBe(
        mailboxHeader('To', { name: carefully(value), address }),
      );
    }),
    { numRuns: 1_000 },
  );
});
