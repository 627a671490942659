import { acceptAgreement } from '#app/portal/agreement.server.ts';
import { agreement } from '#app/portal/agreement.ts';
import { hashPassword } from '#app/company/passwords.server.ts';
import { roles, type Role } from '#app/company/permissions.ts';
import type { Tx } from '#db/client.ts';
import { DEMO } from '#db/demo.ts';
import { channelSettings, onlinePaymentSettings } from '#db/schema/index.ts';

import { makeBusinessUnit, makeCompanyWithin, makeStaff, type MadeCompany } from '../company.ts';
import { units, type Unit } from '../plausible/trade.ts';

/** Who signs in to the demo. All of its staff have the one password, so that each role can be tried. */
const names: Record<Role, { name: string; email: string }> = {
  administrator: { name: 'Alex Larkfield', email: DEMO.email },
  manager: { name: 'Dana Whitcomb', email: 'manager@fieldpost.example' },
  marketer: { name: 'Morgan Ellis', email: 'marketer@fieldpost.example' },
  office: { name: 'Jamie Ortega', email: 'office@fieldpost.example' },
  accountant: { name: 'Priya Raman', email: 'accountant@fieldpost.example' },
  bookkeeper: { name: 'Lou Hendricks', email: 'bookkeeper@fieldpost.example' },
  dispatcher: { name: 'Casey Nguyen', email: 'dispatcher@fieldpost.example' },
  csr: { name: 'Sam Okafor', email: 'csr@fieldpost.example' },
  technician: { name: 'Marcus Bell', email: 'technician@fieldpost.example' },
  viewer: { name: 'Robin Achterberg', email: 'viewer@fieldpost.example' },
};

export type DemoCompany = MadeCompany & { unitIds: Record<Unit, number>; passwordHash: string };

/** The demo's company with staff of every role, its portal set up and its mail in the sandbox. */
export async function makeDemoCompany(tx: Tx): Promise<DemoCompany> {
  const passwordHash = await hashPassword(DEMO.password);
  const phone = '+14235550100';
  const email = 'office@larkfield.example';
  const company = await makeCompanyWithin(tx, {
    name: DEMO.companyName,
    timeZone: 'America/New_York',
    linkHost: DEMO.host,
    portalHost: DEMO.host,
    profile: {
      phone,
      email,
      website: 'https://larkfield.example',
      postalAddress: `${DEMO.companyName}\n2140 Orchard Knob Avenue\nChattanooga, TN 37404`,
      color: '#1E6B52',
      fromName: DEMO.companyName,
      fromEmail: 'billing@larkfield.example',
      replyTo: email,
    },
    portal: { enabled: true, name: DEMO.companyName, email, phone },
    admin: { ...names.administrator, passwordHash, password: DEMO.password },
  });
  for (const role of roles.filter((each) => each !== 'administrator')) {
    await makeStaff(tx, { role, ...names[role], passwordHash, password: DEMO.password });
  }
  const { version } = agreement;
  await acceptAgreement(tx, company.admin, { agreed: true, version });
  await tx.insert(channelSettings).values({ channel: 'email', provider: 'sandbox' });
  // Payment links by text, so that office and technicians can try them.
  const texting = { smsInvoiceLinks: true, smsFromOffice: true, emailFromMobile: true, smsFromMobile: true };
  await tx.insert(onlinePaymentSettings).values(texting);
  const ids: [Unit, number][] = [];
  for (const unit of units) ids.push([unit, await makeBusinessUnit(tx, unit)]);
  return { ...company, unitIds: Object.fromEntries(ids) as Record<Unit, number>, passwordHash };
}
