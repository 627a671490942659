import { sql, type SQL } from 'drizzle-orm';

/**
 * Whether a text may not go out for want of consent (47 CFR 64.1200(a)(2), B-13): promotion asks for a yes on record, reminders
 * do so where the company wants it; else a customer who gave their number may be reminded of their invoice. What an opt-out
 * does is the suppression list's to say. A yes is to one purpose: what lifts an opt-out from all is none to promotion, and START
 * is one to reminders alone.
 * @param rule `textConsent` of the company's rules
 */
export const lacksTextConsent = (address: SQL, purpose: SQL, rule: SQL): SQL => sql`(
  (${purpose} <> 'reminders' or ${rule} = 'recorded')
  and coalesce((select k.state from consents k
                 where k.channel = 'sms' and k.address = ${address}
                   and (k.purpose = ${purpose}
                        or k.purpose = 'all' and (k.state = 'out' or k.how = 'text' and ${purpose} = 'reminders'))
                 order by k.id desc limit 1), 'out') <> 'in')`;
