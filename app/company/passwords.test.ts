import { expect, test } from 'vitest';

import { hashPassword, passwordProblem, verifyPassword } from './passwords.server.ts';

const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 };

test('a password is kept as argon2id with 19 MiB and two passes, and is found again', async () => {
  const stored = await hashPassword('tall ladders need care');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword(stored, 'tall ladders need care')).toBe(true);
  expect(await verifyPassword(stored, 'Tall ladders need care')).toBe(false);
});

test('composed and decomposed letters are the same password', async () => {
  const stored = await hashPassword('cafe\u0301 am Rhein', cheap);
  expect(await verifyPassword(stored, 'caf\u00e9 am Rhein')).toBe(true);
});

test('no account, a hash that is none, and an endless password all say no', async () => {
  expect(await verifyPassword(null, 'no account has this password')).toBe(false);
  expect(await verifyPassword('not a hash', 'anything at all')).toBe(false);
  expect(await verifyPassword(await hashPassword('x'.repeat(201), cheap), 'x'.repeat(201))).toBe(false);
});

test('an account that does not exist costs as much work as one that does', async () => {
  const stored = await hashPassword('tall ladders need care');
  await verifyPassword(null, 'warm up');
  const time = async (hash: string | null) => {
    const runs: number[] = [];
    for (let i = 0; i < 9; i++) {
      const start = performance.now();
      await verifyPassword(hash, 'a wrong password');
      runs.push(performance.now() - start);
    }
    return runs.sort((a, b) => a - b)[2]!;
  };
  const ratio = (await time(null)) / (await time(stored));
  expect(ratio).toBeGreaterThan(0.4);
  expect(ratio).toBeLessThan(2.5);
});

test('short, common, patterned and own words are refused with a reason, others are fine', () => {
  expect(passwordProblem('short')).toBe('Use at least 10 characters');
  expect(passwordProblem('x1'.repeat(101))).toBe('Use at most 200 characters');
  const common = [
    'Password123!',
    'qwertyuiop',
    '1234567890',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'Welcome2026!',
    'zyxwvutsrqp',
  ];
  for (const password of common) expect(passwordProblem(password), password).toMatch(/first that are tried/);
  expect(passwordProblem('Ann.Ames@mail.example', ['ann.ames@mail.example'])).toMatch(/your own name or email/);
  expect(passwordProblem('annamelia.ames1', ['annamelia.ames@mail.example'])).toMatch(/your own name or email/);
  for (const password of ['fieldpost-demo', 'tall ladders need care', 'пароль-длинный', '🪜🔧🚿🧰🪛🔩🏠💧🔥❄️']) {
    expect(passwordProblem(password, ['demo@fieldpost.example', '']), password).toBeNull();
  }
});
