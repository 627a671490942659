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
  'import',
  'settings.read',
  'settings.edit',
  'portal.agreement',
  'staff.manage',
  'audit.read',
] as const;

export type Permission = (typeof permissions)[number];

export const roles = ['administrator', 'marketer', 'office', 'technician', 'viewer'] as const;

export type Role = (typeof roles)[number];

/**
 * Who may do what, at a glance. Sending stands apart from editing (B-15): the office may prepare a campaign that a
 * marketer launches. The portal's Legal Agreement is the administrator's alone (S2-01).
 */
const columns = { administrator: 0, marketer: 1, office: 2, technician: 3, viewer: 4 } as const;

// prettier-ignore
const table: Record<Permission, string> = {
  //                   administrator, marketer, office, technician, viewer
  'campaigns.read':   'AMO-V',
  'campaigns.edit':   'AMO--',
  'campaigns.send':   'AM---',
  'messages.test':    'AMO--',
  'messages.reply':   'AMO--',
  'outbox.read':      'AMO--',
  'customers.read':   'AMOTV',
  'customers.edit':   'A-O--',
  'invoices.read':    'AMOTV',
  'invoices.edit':    'A-O--',
  'import':           'AMO--',
  'settings.read':    'AMO-V',
  'settings.edit':    'A----',
  'portal.agreement': 'A----',
  'staff.manage':     'A----',
  'audit.read':       'A----',
};

/** Whether a role carries a permission. An unknown role, as from an old row, carries none. */
export function can(role: Role, permission: Permission): boolean {
  return (table[permission]?.[columns[role]] ?? '-') !== '-';
}

/** A role as people read it, and what it is for. */
export const roleLabels: Record<Role, { label: string; description: string }> = {
  administrator: { label: 'Administrator', description: 'Everything, with settings, staff and the audit log' },
  marketer: { label: 'Marketer', description: 'Campaigns from audience to launch, and imports' },
  office: {
    label: 'Office',
    description: 'Customers, invoices and imports; prepares campaigns, but does not send them',
  },
  technician: { label: 'Technician', description: 'Looks up customers and invoices' },
  viewer: { label: 'Viewer', description: 'Sees campaigns, customers and invoices; changes nothing' },
};

export const isRole = (value: unknown): value is Role => roles.some((role) => role === value);

/** All that a role carries, as for a page that shows only what can be done. */
export const permissionsOf = (role: Role): Permission[] => permissions.filter((permission) => can(role, permission));
