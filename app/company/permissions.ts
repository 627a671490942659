import type { Role } from '#db/schema/columns.ts';

/** What a member of staff may do. Each action on the server asks `can` before it does anything. */
export const permissions = [
  'campaigns.read',
  'campaigns.edit',
  'campaigns.send',
  'messages.test',
  'messages.reply',
  'outbox.read',
  'customers.read',
  'customers.edit',
  'invoices.read',
  'invoices.edit',
  'invoices.sms_link',
  'payments.record',
  'payments.refund',
  'import',
  'settings.read',
  'settings.edit',
  'portal.agreement',
  'staff.manage',
  'audit.read',
] as const;

export type Permission = (typeof permissions)[number];

export type { Role };

/**
 * Who may do what, at a glance. Sending stands apart from editing (B-15): the office may prepare a campaign that a
 * marketer launches. The portal's Legal Agreement is the administrator's alone (S2-01).
 */
// prettier-ignore
const columns = { administrator: 0, manager: 1, marketer: 2, office: 3, accountant: 4, bookkeeper: 5, dispatcher: 6, csr: 7, technician: 8, viewer: 9 } as const satisfies Record<Role, number>;

/** Every role, in the order in which people choose from them. */
export const roles = Object.keys(columns) as Role[];

// prettier-ignore
const table: Record<Permission, string> = {
  //     Administrator, Manager, marKeter, Office, aCcountant, Bookkeeper, Dispatcher, cSr, Technician, Viewer
  'campaigns.read':    'AMKOCB---V',
  'campaigns.edit':    'AMKO------',
  'campaigns.send':    'AMK-------',
  'messages.test':     'AMKO------',
  'messages.reply':    'AMKO--DS--',
  'outbox.read':       'AMKOCBDS--',
  'customers.read':    'AMKOCBDSTV',
  'customers.edit':    'AM-OCBDS--',
  'invoices.read':     'AMKOCBDSTV',
  'invoices.edit':     'AM-OCB----',
  'invoices.sms_link': 'AM-OCBDST-',
  'payments.record':   'AM-OCB-S--',
  'payments.refund':   'AM-OC-----',
  'import':            'AMKOCB----',
  'settings.read':     'AMKOCB---V',
  'settings.edit':     'A---------',
  'portal.agreement':  'A---------',
  'staff.manage':      'A---------',
  'audit.read':        'AM--------',
};

/** Whether a role carries a permission. An unknown role, as from an old row, carries none. */
export function can(role: Role, permission: Permission): boolean {
  return (table[permission]?.[columns[role]] ?? '-') !== '-';
}

/** A member of staff, as far as what they may do: the role, and for payment links by text a word of their own (S1-07). */
export type Member = { role: Role; invoiceSmsLink: boolean | null };

/** Whether a member may do something: as the role says, but for what was switched for the person alone (S1-07). */
export function may({ role, invoiceSmsLink }: Member, permission: Permission): boolean {
  if (permission === 'invoices.sms_link' && invoiceSmsLink !== null) return invoiceSmsLink;
  return can(role, permission);
}

/** The permission *Enable Invoice SMS Text Link*, by its name in Settings. */
export const SMS_LINK_PERMISSION = 'Enable Invoice SMS Text Link';

/** A role as people read it, and what it is for. */
export const roleLabels: Record<Role, { label: string; description: string }> = {
  administrator: { label: 'Administrator', description: 'Everything, with settings, staff and the audit log' },
  manager: { label: 'Manager', description: 'All of the daily work, with sending; not settings and staff' },
  marketer: { label: 'Marketer', description: 'Campaigns from audience to launch, and imports' },
  office: {
    label: 'Office',
    description: 'Customers, invoices and imports; prepares campaigns, but does not send them',
  },
  accountant: { label: 'Accountant', description: 'Invoices, payments and refunds' },
  bookkeeper: { label: 'Bookkeeper', description: 'Invoices and payments' },
  dispatcher: { label: 'Dispatcher', description: 'Customers and their texts; texts payment links' },
  csr: { label: 'Customer service', description: 'Customers and their texts; takes payments and texts payment links' },
  technician: { label: 'Technician', description: 'Looks up customers and invoices; texts payment links' },
  viewer: { label: 'Viewer', description: 'Sees campaigns, customers and invoices; changes nothing' },
};

export const isRole = (value: unknown): value is Role => roles.some((role) => role === value);

/** All that a role carries, as for a page that shows only what can be done. */
export const permissionsOf = (role: Role): Permission[] => permissions.filter((permission) => can(role, permission));
