import fc from 'fast-check';
import { expect, test } from 'vitest';

import { shorten } from './shorten.ts';
import { findUrls } from './urls.ts';

/** The text as it goes out, and where its links lead. */
function sent(text: string) {
  const done = shorten(text);
  return done.ok ? { body: done.write(short), urls: done.urls } : null;
}

const short = (index: number) => `https://demo.go.example/k7m2p9q4r${index}`;

test('S0-11: every address of a text is a short link, one that stands twice is one', () => {
  expect(sent('See example.com/a, then https://other.example.org. Or example.com/a!')).toEqual({
    body: `See ${short(0)}, then ${short(1)}. Or ${short(0)}!`,
    urls: ['https://example.com/a', 'https://other.example.org/'],
  });
  expect(sent('Friday at 5.pm is fine.')).toEqual({ body: 'Friday at 5.pm is fine.', urls: [] });
});

test('S0-11: what can’t be linked to is said in words', () => {
  expect(shorten('Go to http://10.0.0.1/pay')).toMatchObject({ ok: false });
  expect(shorten('Go to javascript:alert(1)')).toMatchObject({ ok: false });
  expect(shorten('Go to example.com', () => 'Not there.')).toEqual({ ok: false, message: 'Not there.' });
});

test('S0-11: whatever is written, no address but a short link goes out', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.webUrl(),
    fc.domain(),
    fc.constantFrom(' ', '.', ',', '(', ')', '\n'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const done = sent(pieces.join(' '));
      if (!done) return;
      const left = findUrls(done.body).filter(({ text }) => !text.startsWith('https://demo.go.example/'));
      expect(left).toEqual([]);
    }),
  );
});
