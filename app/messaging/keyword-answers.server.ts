import { sql } from 'drizzle-orm';

import type { PurposeOrAll } from '#app/consent/purposes.ts';
import type { Tx } from '#db/client.ts';

/**
 * What answers STOP, START and HELP. A confirmation of STOP is allowed once and may hold no marketing (47 CFR
 * 64.1200(a)(12)); each names the company, as carriers ask.
 */
const answers = {
  stop: ({ name }: Who, purpose: PurposeOrAll) =>
    `${name}: you will get no more ${stopped[purpose]} from us. Reply START to get them again.`,
  start: ({ name }: Who) => `${name}: you will get texts from us again. Reply STOP to stop them, HELP for help.`,
  help: ({ name, phone, email }: Who) => {
    const reach = [phone && `call ${phone}`, email && `write to ${email}`].filter(Boolean).join(' or ');
    return `${name}: texts about your invoices.${reach ? ` For help ${reach}.` : ''} Reply STOP to opt out.`;
  },
};

/** What somebody gets no more of. */
const stopped: Record<PurposeOrAll, string> = {
  all: 'texts',
  reminders: 'reminders by text',
  promotions: 'offers by text',
};

type Who = { name: string; phone: string; email: string };

/** The company's answer to a keyword. @param purpose what a STOP ended */
export async function keywordAnswer(tx: Tx, meaning: keyof typeof answers, purpose: PurposeOrAll): Promise<string> {
  const [who] = await tx.execute<Who>(sql`
    select c.name, coalesce(p.phone, '') as phone, coalesce(p.email, '') as email
      from companies c left join company_profiles p on true where c.id = current_company_id()`);
  return answers[meaning](who ?? { name: '', phone: '', email: '' }, purpose);
}
