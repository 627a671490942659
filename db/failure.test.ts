import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { createTestDatabase } from '#tests/setup/database.ts';

import { withoutParameters } from './failure.ts';

test('a statement that failed is logged without the people in its parameters', async () => {
  const { db } = await createTestDatabase();
  const failed = await db
    .execute(sql`select ${'ann@mail.example'}::text from nowhere where 1 = ${1}`)
    .catch((error: unknown) => error);
  expect(String(failed)).toContain('ann@mail.example');
  const said = withoutParameters(failed) as Error;
  expect(said.message).toContain('relation "nowhere" does not exist');
  expect(said.message).toContain('from nowhere');
  expect(said.stack).toMatch(/\n\s+at /);
  expect(`${said.message}${said.stack}${JSON.stringify(said)}${String(said.cause)}`).not.toContain('ann@mail');
});

test('what is no statement stays as it is', () => {
  const error = new Error('The disk is full');
  expect([withoutParameters(error), withoutParameters('so')]).toEqual([error, 'so']);
});
