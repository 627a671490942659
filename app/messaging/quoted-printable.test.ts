import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapes } from '#builders/merge/engine.ts';
import { encodePiece, simpleHtmlPiece } from './quoted-printable.ts';

test('a simple piece is what escaping and encoding would give', () => {
  const one = fc.stringMatching(/^[\t -~é]$/);
  fc.assert(
    fc.property(fc.oneof(one, fc.string({ maxLength: 90 }), fc.stringMatching(/^[A-Za-z ]{60,80}$/)), (value) => {
      expect([null, encodePiece(escapes.html(value))]).toContain(simpleHtmlPiece(value));
    }),
    { numRuns: 2_000 },
  );
  expect(simpleHtmlPiece('Customer 12')).toBe('Customer 12=\r\n');
  for (const value of ['', 'From', '.', 'a=b', '{', '<b>', 'a&b', "O'Neil", 12, null]) {
    expect(simpleHtmlPiece(value), String(value)).toBeNull();
  }
});
