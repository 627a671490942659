import type { CustomerFields } from './customer-form.ts';

/** What a service agreement is called: residential customers have memberships, commercial ones contracts (S2-06). */
export const agreementWords = (type: CustomerFields['type']) =>
  type === 'commercial' ? { one: 'Contract', many: 'Contracts' } : { one: 'Membership', many: 'Memberships' };
