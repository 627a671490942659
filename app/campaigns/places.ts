/** Where what a campaign needs is set up. */
export const places = {
  portal: '/settings/communications/customer-portal',
  company: '/settings/company',
  sender: '/settings/email',
  outbox: '/outbox',
} as const;
