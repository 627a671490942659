import { send, type Answer } from './http.ts';

/** Posts on the sandbox's page. @returns where it leads to */
async function post(url: string, form: Record<string, string>): Promise<string> {
  const answer = await send(url, { form });
  if (!answer.headers.location) throw new Error(`The checkout answered ${answer.status}`);
  return new URL(answer.headers.location, url).href;
}

/** Picks an account on the sandbox's page that is declined there. @returns the page, which says so */
export const pickAccount = async (url: string, account: string): Promise<Answer> => send(await post(url, { account }));

/**
 * Pays on the sandbox's page, and tells the bank yes where it asks.
 * @param account see app/invoicing/payments/processors/sandbox-accounts.ts
 * @returns where its payer is led back to
 */
export async function finishCheckout(url: string, account = 'good'): Promise<string> {
  const next = await post(url, { account });
  const back = next.endsWith('/confirm') ? await post(next, { answer: 'yes' }) : next;
  if (new URL(back).pathname.startsWith('/sandbox/')) throw new Error(`${account} was declined`);
  return back;
}
