import type { Permission } from './permissions.ts';

export type SettingsPage = { to: string; label: string; description: string; needs: Permission; words: string };

/** Every page of Settings under its heading: for the index, the side panel and the search. */
export const settingsSections: readonly { label: string; pages: readonly SettingsPage[] }[] = [
  {
    label: 'Company',
    pages: [
      {
        to: '/settings/company',
        label: 'Company profile',
        description: 'Postal address, phone, color, and who emails are from',
        needs: 'settings.read',
        words: 'address from name reply color brand time zone',
      },
      {
        to: '/settings/people',
        label: 'People',
        description: 'Who signs in, and what they may do',
        needs: 'staff.manage',
        words: 'staff users roles permissions invite password',
      },
      {
        to: '/settings/audit-log',
        label: 'Audit log',
        description: 'Who changed what, and when',
        needs: 'audit.read',
        words: 'history changes security',
      },
    ],
  },
  {
    label: 'Communications',
    pages: [
      {
        to: '/settings/communications/customer-portal',
        label: 'Customer Portal',
        description: 'Where customers see and pay their invoices',
        needs: 'settings.read',
        words: 'host online experience legal agreement logo pay',
      },
      {
        to: '/settings/sending',
        label: 'Sending',
        description: 'How sending stands now; Sandbox or Amazon SES, and its keys',
        needs: 'settings.read',
        words: 'email provider ses amazon aws keys sandbox test queue rate errors',
      },
      {
        to: '/settings/texts',
        label: 'Texts',
        description: 'Sandbox or Twilio, the number texts come from, and your registration',
        needs: 'settings.read',
        words: 'sms text messages twilio number a2p 10dlc toll-free registration messaging service',
      },
      {
        to: '/settings/postcards',
        label: 'Postcards',
        description: 'Sandbox or Lob, its keys, and the address that cards come back to',
        needs: 'settings.read',
        words: 'mail direct mail print lob api key webhook return address usps postage letter',
      },
      {
        to: '/settings/sending-rules',
        label: 'Sending rules',
        description: 'Sending hours by time zone and state, and how often is often enough',
        needs: 'settings.read',
        words: 'quiet hours time zone state night sunday frequency cap limit tcpa',
      },
    ],
  },
  {
    label: 'Invoicing',
    pages: [
      {
        to: '/settings/invoicing/online-payments',
        label: 'Online Payments',
        description: 'Cards, ACH, partial payments, and payment links by text',
        needs: 'settings.read',
        words: 'credit card ach bank sms invoice links text mobile technician partial minimum',
      },
      {
        to: '/settings/invoicing/payment-account',
        label: 'Payment account',
        description: 'Who takes payments online: nobody, the sandbox, or Stripe, and its keys',
        needs: 'settings.read',
        words: 'stripe processor secret key webhook card ach bank pay online test mode',
      },
      {
        to: '/settings/invoicing/invoice-email',
        label: 'Invoice email',
        description: 'What customers read when you email them an invoice',
        needs: 'settings.read',
        words: 'template pdf attach tags bill',
      },
    ],
  },
  {
    label: 'Marketing',
    pages: [
      {
        to: '/settings/marketing/subdomain',
        label: 'Subdomain Management',
        description: 'The name that your short links begin with',
        needs: 'settings.read',
        words: 'short links url domain shortener text sms click',
      },
    ],
  },
];
