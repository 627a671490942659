import { expect } from 'vitest';

import { withCompany } from '#db/client.ts';
import { makePortalAccount, PORTAL_PASSWORD } from '#tests/factories/portal.ts';

import type { TestApp } from './app.ts';
import { checkoutSteps } from './checkout.ts';
import { send, type Answer } from './http.ts';

/** Signs a customer in over HTTP. @param origin the portal's @returns the Cookie header to send along */
export async function signInCustomer(origin: string, email: string): Promise<string> {
  const answer = await send(`${origin}/login`, { form: { email, password: PORTAL_PASSWORD } });
  expect(answer.status).toBe(302);
  return answer.cookies.join('; ');
}

/** The pay page's hidden fields. */
export const hidden = (body: string) => ({
  key: /name="key" value="([^"]+)"/.exec(body)![1]!,
  total: /name="total" value="(\d+)"/.exec(body)![1]!,
});

export const payPath = (ids: number[]) => `/pay?${new URLSearchParams(ids.map((id) => ['invoice', String(id)]))}`;

/** What customers do in one company's portal, over HTTP. @param at the portal's origin */
export function portalSteps(app: TestApp, companyId: number, at: string) {
  const { finishCheckout, pickAccount } = checkoutSteps(app, companyId);

  /** A customer with these open invoices, who is signed in. */
  async function visitor(cents: number[] = [], more: Parameters<typeof makePortalAccount>[2] = {}) {
    const account = await withCompany(app.db, companyId, (tx) => makePortalAccount(tx, cents, more));
    return { ...account, cookie: await signInCustomer(at, account.email) };
  }

  /** Opens the pay page and sends its form. @param typed over what the page offers first: a new card, in full */
  async function begin(cookie: string, ids: number[], typed: Record<string, string> = {}): Promise<Answer> {
    const page = await send(at + payPath(ids), { cookie });
    expect(page.status).toBe(200);
    return send(at + payPath(ids), { cookie, form: { ...hidden(page.body), method: 'card', ...typed } });
  }

  /** Follows the payer from the payment's page on to the receipt, where there is one. */
  async function comeBack(cookie: string, url: string): Promise<Answer> {
    const page = await send(url, { cookie });
    return page.status === 302 ? send(new URL(page.headers.location!, url).href, { cookie }) : page;
  }

  /** `begin`, then the processor's page. @returns the page that its payer comes back to */
  async function pay(
    cookie: string,
    ids: number[],
    { account = 'good', ...typed }: Record<string, string> = {},
  ): Promise<Answer> {
    const begun = await begin(cookie, ids, typed);
    expect(begun.status).toBe(303);
    return comeBack(cookie, await finishCheckout(begun.headers.location!, account));
  }

  return { visitor, begin, comeBack, pay, finishCheckout, pickAccount };
}
