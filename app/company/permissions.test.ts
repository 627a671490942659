import { expect, test } from 'vitest';

import { can, isRole, permissions, permissionsOf, roles, type Permission, type Role } from './permissions.ts';

test('B-15: to edit a campaign is not to send it', () => {
  expect(roles.filter((role) => can(role, 'campaigns.send'))).toEqual(['administrator', 'marketer']);
  expect(roles.filter((role) => can(role, 'campaigns.edit'))).toEqual(['administrator', 'marketer', 'office']);
});

test('S2-01: only an administrator accepts the agreement, changes settings and manages staff', () => {
  for (const permission of ['portal.agreement', 'settings.edit', 'staff.manage', 'audit.read'] as Permission[]) {
    expect(
      roles.filter((role) => can(role, permission)),
      permission,
    ).toEqual(['administrator']);
  }
});

test('an administrator may do everything, a viewer and a technician change nothing', () => {
  expect(permissionsOf('administrator')).toEqual([...permissions]);
  expect(permissionsOf('viewer')).toEqual(['campaigns.read', 'customers.read', 'invoices.read', 'settings.read']);
  expect(permissionsOf('technician')).toEqual(['customers.read', 'invoices.read']);
});

test('whoever may change something may see it', () => {
  for (const role of roles) {
    for (const noun of ['campaigns', 'customers', 'invoices', 'settings'] as const) {
      if (can(role, `${noun}.edit`)) expect(can(role, `${noun}.read`), `${role} ${noun}`).toBe(true);
    }
    if (can(role, 'campaigns.send')) expect(can(role, 'campaigns.read')).toBe(true);
  }
});

test('what is no role or no permission is refused', () => {
  expect(can('owner' as Role, 'campaigns.read')).toBe(false);
  expect(can('administrator', 'world.rule' as Permission)).toBe(false);
  expect(can('administrator', 'toString' as Permission)).toBe(false);
  expect(can('constructor' as Role, 'campaigns.read')).toBe(false);
  expect([isRole('viewer'), isRole('owner'), isRole(undefined)]).toEqual([true, false, false]);
});
