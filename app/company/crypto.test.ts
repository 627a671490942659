import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decryptSecret, encryptSecret } from './crypto.server.ts';

const secret = 'a'.repeat(64);

test('what was encrypted comes back, whatever it is, and never looks the same twice', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
      const box = encryptSecret(secret, plain);
      expect(decryptSecret(secret, box)).toBe(plain);
      expect(encryptSecret(secret, plain)).not.toBe(box);
    }),
  );
});

test('with another secret, or changed anywhere, a box opens to nothing', () => {
  const box = encryptSecret(secret, 'AKIA-key');
  expect(decryptSecret('b'.repeat(64), box)).toBeNull();
  const bytes = Buffer.from(box.slice(2), 'base64url');
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i]! ^= 1;
    expect(decryptSecret(secret, `1.${changed.toString('base64url')}`), `byte ${i}`).toBeNull();
  }
});

test('what is no box is nothing', () => {
  for (const box of ['', '1.', '1.short', '2.' + encryptSecret(secret, 'x').slice(2), 'plain text', '1.\0\0']) {
    expect(decryptSecret(secret, box), box).toBeNull();
  }
});
