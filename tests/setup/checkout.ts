import { send, type Answer } from './http.ts';

/** Picks an account on the sandbox's page. @param account see app/invoicing/processors/sandbox-accounts.ts */
export const pickAccount = (url: string, account: string): Promise<Answer> => send(url, { form: { account } });

/**
 * Pays on the sandbox's page, and tells the bank yes where it asks.
 * @returns where its payer is led back to
 */
export async function finishCheckout(url: string, account = 'good'): Promise<string> {
  let answer = await pickAccount(url, account);
  if (answer.status < 300) answer = await send(url, { form: { confirm: 'yes' } });
  if (!answer.headers.location) throw new Error(`The checkout answered ${answer.status}`);
  return new URL(answer.headers.location, url).href;
}
