import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  defaultOnlineSettings,
  heldBack,
  inForce,
  onlineSettingNames,
  readOnlineForm,
  type OnlineSetting,
  type OnlineSettings,
} from './online-settings.ts';

const anySettings = fc.record(
  Object.fromEntries(onlineSettingNames.map((name) => [name, fc.boolean()])) as Record<
    OnlineSetting,
    fc.Arbitrary<boolean>
  >,
);

test('S1-01 to S1-03: whatever is ticked, what hangs on something that is off is off, and nothing else changes', () => {
  fc.assert(
    fc.property(anySettings, (ticked) => {
      const held = inForce(ticked);
      expect(held.smsFromOffice).toBe(ticked.smsInvoiceLinks && ticked.smsFromOffice);
      expect(held.smsFromMobile).toBe(ticked.smsInvoiceLinks && ticked.emailFromMobile && ticked.smsFromMobile);
      for (const name of ['cards', 'ach', 'partialPayments', 'smsInvoiceLinks', 'emailFromMobile'] as const) {
        expect(held[name], name).toBe(ticked[name]);
      }
      expect(inForce(held)).toEqual(held);
    }),
  );
});

test('S1-03: one that can’t be switched on says which to switch on first, and only then', () => {
  fc.assert(
    fc.property(anySettings, (ticked) => {
      for (const name of onlineSettingNames) {
        const held = inForce({ ...ticked, [name]: true });
        expect(heldBack(name, ticked) === null, name).toBe(held[name]);
      }
    }),
  );
  expect(heldBack('smsFromMobile', { ...defaultOnlineSettings, smsInvoiceLinks: true })).toBe(
    'Turn on “Enable sending email invoice links in Mobile” first.',
  );
});

test('a posted form says on with “on” and nothing else', () => {
  const form = Object.fromEntries(onlineSettingNames.map((name) => [name, ''])) as Record<OnlineSetting, string>;
  const off = Object.fromEntries(onlineSettingNames.map((name) => [name, false])) as OnlineSettings;
  expect(readOnlineForm(form)).toEqual(off);
  expect(readOnlineForm({ ...form, ach: 'on', cards: 'true' })).toEqual({ ...off, ach: true });
});
