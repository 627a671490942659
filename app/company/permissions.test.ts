import { expect, test } from 'vitest';

import { can, isRole, may, permissions, permissionsOf, roles, type Permission, type Role } from './permissions.ts';

test('B-15: to edit a campaign is not to send it', () => {
  expect(roles.filter((role) => can(role, 'campaigns.send'))).toEqual(['administrator', 'manager', 'marketer']);
  expect(roles.filter((role) => can(role, 'campaigns.edit'))).toEqual([
    'administrator',
    'manager',
    'marketer',
    'office',
  ]);
});

test('S2-01: only an administrator accepts the agreement, changes settings and manages staff', () => {
  for (const permission of ['portal.agreement', 'settings.edit', 'staff.manage'] as Permission[]) {
    expect(
      roles.filter((role) => can(role, permission)),
      permission,
    ).toEqual(['administrator']);
  }
});

test('an administrator may do everything, a viewer and a technician change nothing', () => {
  expect(permissionsOf('administrator')).toEqual([...permissions]);
  expect(permissionsOf('viewer')).toEqual(['campaigns.read', 'customers.read', 'invoices.read', 'settings.read']);
  expect(permissionsOf('technician')).toEqual(['customers.read', 'invoices.read', 'invoices.sms_link']);
});

test('whoever may change or send something may see it', () => {
  const needs: [Permission, Permission][] = [
    ['campaigns.edit', 'campaigns.read'],
    ['campaigns.send', 'campaigns.read'],
    ['customers.edit', 'customers.read'],
    ['invoices.edit', 'invoices.read'],
    ['settings.edit', 'settings.read'],
    ['import', 'customers.read'],
  ];
  for (const [change, see] of needs) {
    expect(
      roles.filter((role) => can(role, change) && !can(role, see)),
      change,
    ).toEqual([]);
  }
});

test('what is no role or no permission is refused', () => {
  expect(can('owner' as Role, 'campaigns.read')).toBe(false);
  expect(can('administrator', 'world.rule' as Permission)).toBe(false);
  expect(can('administrator', 'toString' as Permission)).toBe(false);
  expect(can('constructor' as Role, 'campaigns.read')).toBe(false);
  expect([isRole('viewer'), isRole('owner'), isRole(undefined)]).toEqual([true, false, false]);
});

test('S1-07, S1-17: who texts payment links, by role, and what is switched for one person goes before it', () => {
  expect(roles.filter((role) => !can(role, 'invoices.sms_link'))).toEqual(['marketer', 'viewer']);
  for (const role of roles) {
    for (const invoiceSmsLink of [true, false]) {
      expect(may({ role, invoiceSmsLink }, 'invoices.sms_link')).toBe(invoiceSmsLink);
      // It opens nothing else, and takes nothing else away.
      for (const permission of permissions.filter((one) => one !== 'invoices.sms_link')) {
        expect(may({ role, invoiceSmsLink }, permission), `${role} ${permission}`).toBe(can(role, permission));
      }
    }
    expect(may({ role, invoiceSmsLink: null }, 'invoices.sms_link')).toBe(can(role, 'invoices.sms_link'));
  }
});
