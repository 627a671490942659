import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ServerBuild } from '@remix-run/node';
import { sql } from 'drizzle-orm';

import { generatePaymentLink } from '#app/invoicing/payments/links.server.ts';
import { payToken } from '#app/invoicing/payments/pay-tokens.server.ts';
import { readPortal } from '#app/portal/brand.server.ts';
import { findPayPage } from '#app/portal/pay-page/view.server.ts';
import { createApp } from '#app/web/express.server.ts';
import { connect, withCompany } from '#db/client.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeDebtors } from '#tests/factories/debtors.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { send } from '#tests/setup/http.ts';

import { minimalApp } from '../page/minimal.ts';

/**
 * The web server and the minimal route of the pay bench in one process of production. Prints as JSON where a customer's page is, its
 * baseline, and the payment pages of so many invoices.
 */
const { db } = connect(process.env.DATABASE_URL!, { max: 8, prepare: true });
const folder = resolve(process.env.BUILD_DIR ?? 'build');
const build = (await import(pathToFileURL(`${folder}/server/index.js`).href)) as ServerBuild;
const secret = 's'.repeat(40);
const invoices = Number(process.env.INVOICES);

const { server, port } = await listen();
const addresses = {
  appOrigin: `http://localhost:${port}`,
  portalDomain: `portal.localhost:${port}`,
  linkDomain: `go.localhost:${port}`,
};
const options = { build, assets: { folder: `${folder}/client` }, db, addresses, secret, ses: null, sesEndpoint: null };
server.on('request', createApp(options));

const { companyId } = await makeCompany(db, { portalHost: 'bench' });
const { ids, customerId } = await withCompany(db, companyId, async (tx) => {
  await makeDebtors(tx, invoices);
  const rows = await tx.execute<{ id: number }>(sql`select id from invoices order by id`);
  // Whose account is looked at has twenty lines to show.
  const first = await makeInvoice(tx, { totalCents: 31_000 });
  for (let n = 0; n < 19; n++) await makeInvoice(tx, { customerId: first.customerId });
  await generatePaymentLink(tx, { staffId: null, name: 'Bench' }, first.customerId, 0);
  return { ids: rows.map((row) => row.id), customerId: first.customerId };
});
await db.execute(sql`analyze`).catch(() => {}); // the owner's to do

const target = { companyId, kind: 'customer', id: customerId, version: 1 } as const;
const origin = `http://bench.portal.localhost:${port}`;
const page = `${origin}/pay/${payToken(secret, target)}`;
const load = () =>
  withCompany(db, companyId, (tx) => Promise.all([readPortal(tx), findPayPage(tx, target)])).then((found) => ({
    found,
  }));
const baseline = await listen();
const minimal = minimalApp({ build, html: (await send(page)).body, load, scripts: false });
baseline.server.on('request', minimal as RequestListener);
const pays = ids.map((id) => `${origin}/pay/${payToken(secret, { companyId, kind: 'invoice', id, version: 1 })}`);
console.log(JSON.stringify({ page, baseline: `http://localhost:${baseline.port}/`, pays }));

async function listen() {
  const listening = createServer();
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return { server: listening, port: (listening.address() as AddressInfo).port };
}
