import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';

import {
  actOnSandboxPage,
  readSandboxPage,
  type SandboxAct,
  type SandboxPage,
} from '#app/invoicing/payments/processors/sandbox-checkout.server.ts';
import { withCompany } from '#db/client.ts';

import { notFound } from './staff.server.ts';

type Args = LoaderFunctionArgs | ActionFunctionArgs;

/** Of every page of the sandbox: its address opens it, so nobody keeps it or finds it. */
export const sandboxHeaders = { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex, nofollow' };

/**
 * The sandbox's page of the address, on its company's own host.
 * @throws 404 where there is none; a redirect to where the payer belongs when it is finished or closed
 */
export async function openSandboxPage({ params, context }: Args): Promise<SandboxPage & { reference: string }> {
  const reference = params.reference ?? '';
  const { hostCompanyId, db } = context;
  const view =
    hostCompanyId === null ? null : await withCompany(db, hostCompanyId, (tx) => readSandboxPage(tx, reference));
  if (!view) throw notFound();
  if (view.kind === 'leave') throw redirect(view.url);
  return { ...view.page, reference };
}

/**
 * Does what the payer asks for.
 * @returns false when none of the page's accounts was picked
 * @throws 404 where there is no such page; else a redirect to what comes next
 */
export async function postSandboxPage({ params, context }: Args, act: SandboxAct): Promise<false> {
  const reference = params.reference ?? '';
  const { hostCompanyId, db } = context;
  const next =
    hostCompanyId === null ? null : await withCompany(db, hostCompanyId, (tx) => actOnSandboxPage(tx, reference, act));
  if (!next) throw notFound();
  if (next.kind === 'unknown') return false;
  if (next.kind === 'leave') throw redirect(next.url, 303);
  throw redirect(`/sandbox/${reference}${next.page.confirming ? '/confirm' : ''}`, 303);
}
