/** Where what a campaign needs is set up. */
export const places = {
  portal: '/settings/communications/customer-portal',
  /** Postal address and From address. */
  company: '/settings/company',
  outbox: '/outbox',
} as const;
