/** How a customer can be reached. Only `email` and `mobile` are ever written to; texts go to mobiles only (S1-10). */
export const contactKinds = ['email', 'mobile', 'landline', 'other'] as const;
export type ContactKind = (typeof contactKinds)[number];

export const contactKindLabels: Record<ContactKind, string> = {
  email: 'Email',
  mobile: 'Mobile',
  landline: 'Landline',
  other: 'Other',
};

/** What the form of a contact sends, as typed. `location` is empty for the customer's own, else the id of one of their locations. */
export type ContactForm = { kind: string; value: string; memo: string; primary: boolean; location?: string };
