import { DrizzleQueryError } from 'drizzle-orm/errors';

/**
 * An error as it may be logged. A statement that failed names its parameters, and those are people's data: they stay
 * behind. Any other error is returned as it is.
 */
export function withoutParameters(error: unknown): unknown {
  if (!(error instanceof DrizzleQueryError)) return error;
  const { cause, query } = error;
  const said = new Error(`${cause?.message ?? 'A statement failed'}\nin: ${query.slice(0, 2_000)}`);
  said.stack = `${said.name}: ${said.message}\n${(error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')}`;
  return said;
}

/** What the database refused with (PostgreSQL's SQLSTATE); '' when it could not be asked, or it was something else. */
export function sqlState(error: unknown): string {
  const cause: unknown = error instanceof DrizzleQueryError ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  return /^[0-9A-Z]{5}$/.test(code) ? code : '';
}

/** No personal data in logs or among a provider's refusals: whatever looks like an email address goes. */
export const withoutAddresses = (text: string) => text.replaceAll(/[^\s<>"'(]+@[^\s<>"')]+/g, '[address]');
