import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

/**
 * What answers STOP, START and HELP. A confirmation of STOP is allowed once and may hold no marketing (47 CFR
 * 64.1200(a)(12)); each names the company, as carriers ask.
 */
const answers = {
  stop: ({ name }: Who) => `${name}: you will get no more texts from us. Reply START to get them again.`,
  start: ({ name }: Who) => `${name}: you will get texts from us again. Reply STOP to stop them, HELP for help.`,
  help: ({ name, phone, email }: Who) => {
    const reach = [phone && `call ${phone}`, email && `write to ${email}`].filter(Boolean).join(' or ');
    return `${name}: texts about your invoices.${reach ? ` For help ${reach}.` : ''} Reply STOP to opt out.`;
  },
};

type Who = { name: string; phone: string; email: string };

/** The company's answer to a keyword. */
export async function keywordAnswer(tx: Tx, meaning: keyof typeof answers): Promise<string> {
  const [who] = await tx.execute<Who>(sql`
    select c.name, coalesce(p.phone, '') as phone, coalesce(p.email, '') as email
      from companies c left join company_profiles p on true where c.id = current_company_id()`);
  return answers[meaning](who ?? { name: '', phone: '', email: '' });
}
