import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkSeal, messageSecrets, messageToken, readMessageToken } from './token.server.ts';

const secrets = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 150 }),
  fc.constantFrom('x'.repeat(64), 'x'.repeat(65)),
);
const ids = fc.oneof(fc.nat({ max: 999 }), fc.maxSafeNat());

test('a token ends in the start of the HMAC-SHA-256 of its message', () => {
  fc.assert(
    fc.property(secrets, fc.nat(), ids, (secret, companyId, messageId) => {
      const expected = createHmac('sha256', secret).update(`message:1:${companyId}:${messageId}`).digest('base64url');
      expect(messageToken(secret, companyId, messageId).slice(-22)).toBe(expected.slice(0, 22));
    }),
  );
});

test('links are sealed with the bytes of it that the token does not use, each by its key', () => {
  fc.assert(
    fc.property(secrets, fc.nat(), ids, (secret, companyId, messageId) => {
      const bytes = createHmac('sha256', secret).update(`message:1:${companyId}:${messageId}`).digest();
      const { token, linkSecret } = messageSecrets(secret, companyId, messageId);
      expect(token).toBe(messageToken(secret, companyId, messageId));
      expect(linkSecret).toBe(bytes.toString('base64url').slice(22));
      const seals = ['l1', 'l2', 'l11'].map((key) => linkSeal(linkSecret, key));
      expect(new Set(seals).size).toBe(3);
      for (const seal of seals) expect(seal).toMatch(/^[\w-]{20}$/);
    }),
  );
});

test('a token names its message, to who has the secret', () => {
  fc.assert(
    fc.property(secrets, fc.nat(), ids, (secret, companyId, messageId) => {
      const token = messageToken(secret, companyId, messageId);
      expect(readMessageToken(`${secret}!`, token)).toBeNull();
      expect(readMessageToken(secret, token)).toEqual({ companyId, messageId });
    }),
  );
});
