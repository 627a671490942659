import { actOnSandboxPage, type SandboxAct } from '#app/invoicing/processors/sandbox-checkout.server.ts';
import { withCompany } from '#db/client.ts';

import type { TestApp } from './app.ts';

/** What a company's payers do on the sandbox's page. */
export function checkoutSteps(app: TestApp, companyId: number) {
  const act = (url: string, step: SandboxAct) =>
    withCompany(app.db, companyId, (tx) => actOnSandboxPage(tx, new URL(url).pathname.split('/').at(-1)!, step));

  /** @param account see app/invoicing/processors/sandbox-accounts.ts */
  const pickAccount = (url: string, account: string) => act(url, { kind: 'choose', account });

  /** Pays, and tells the bank yes where it asks. @returns where the payer is led back to */
  async function finishCheckout(url: string, account = 'good'): Promise<string> {
    let next = await pickAccount(url, account);
    if (next?.kind === 'page') next = await act(url, { kind: 'confirm', yes: true });
    if (next?.kind !== 'leave') throw new Error(`The checkout says ${next?.kind}`);
    return next.url;
  }

  return { pickAccount, finishCheckout };
}
