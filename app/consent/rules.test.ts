import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkRules, defaultRules, hourWords, narrowerStates, toForm, type RulesForm } from './rules.ts';

const form = toForm(defaultRules);
const errorsOf = (change: Partial<RulesForm>) => {
  const checked = checkRules({ ...form, ...change });
  return checked.ok ? {} : checked.errors;
};

test('B-14: the defaults are what the form shows, and pass it', () => {
  expect(form).toEqual({
    opensAt: '09:00',
    closesAt: '20:00',
    emailHours: '',
    capPerInvoice: '7',
    capPerCustomer: '',
    capDays: '7',
    textConsent: 'on_record',
    stopEndsAll: 'on',
  });
  expect(checkRules(form)).toEqual({ ok: true, rules: defaultRules });
});

test.each([
  ['08:00', 480],
  ['8:30', 510],
  ['9 AM', 540],
  ['9:15 a.m.', 555],
  ['10', 600],
  ['08:00:00', 480],
  ['12 am', null],
  ['7:59', null],
  ['24:00', null],
  ['9:60', null],
  ['13 pm', null],
  ['', null],
  ['nine', null],
  ['-9', null],
  ['9:00; 10:00', null],
])('B-14: hours may be typed as %s', (opensAt, minutes) => {
  const checked = checkRules({ ...form, opensAt });
  expect(checked.ok ? checked.rules.opensAt : null).toBe(minutes);
  if (!checked.ok) expect(checked.errors.opensAt).toBeTruthy();
});

test('B-14: hours beyond the federal ones, backward, short, or nothing in some state are refused at their field', () => {
  expect(errorsOf({ closesAt: '21:01' }).closesAt).toMatch(/9:00 PM or earlier/);
  expect(errorsOf({ opensAt: '20:00', closesAt: '09:00' }).closesAt).toMatch(/at least an hour/);
  expect(errorsOf({ opensAt: '09:00', closesAt: '09:59' }).closesAt).toMatch(/at least an hour/);
  expect(errorsOf({ opensAt: '08:00', closesAt: '10:30' }).closesAt).toMatch(/less than an hour in Kentucky/);
  expect(errorsOf({ opensAt: '17:30', closesAt: '20:00' }).closesAt).toMatch(/Rhode Island/);
  expect(errorsOf({ opensAt: '10:00', closesAt: '11:00' })).toEqual({});
});

test.each([
  ['capPerInvoice', ['0', '8', '', '1.5', '-1', '7 a day', '99999999999'], ['1', ' 7 ']],
  ['capPerCustomer', ['0', '101', 'none', '1e1'], ['', '1', '100']],
  ['capDays', ['6', '91', '', '7.0'], ['7', '90']],
] as const)('B-13: %s', (field, wrong, right) => {
  for (const text of wrong) expect(errorsOf({ [field]: text }), text).toHaveProperty(field);
  for (const text of right) expect(errorsOf({ [field]: text }), text).toEqual({});
});

test('whatever is typed is rules or errors, never a throw, and rules survive the way to the form and back', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('09:00', '20:00', '7', '', 'on'));
  fc.assert(
    fc.property(
      fc.record({
        opensAt: text,
        closesAt: text,
        emailHours: text,
        capPerInvoice: text,
        capPerCustomer: text,
        capDays: text,
        textConsent: text,
        stopEndsAll: text,
      }),
      (typed) => {
        const checked = checkRules(typed);
        if (checked.ok) expect(checkRules(toForm(checked.rules))).toEqual(checked);
        else expect(Object.keys(checked.errors).length).toBeGreaterThan(0);
      },
    ),
  );
});

test('B-14: states with less than the company’s hours are shown with what is left', () => {
  expect(narrowerStates(defaultRules).map((row) => row.state)).toEqual(['AL', 'KY', 'LA', 'MS', 'RI', 'TX']);
  expect(narrowerStates({ opensAt: 480, closesAt: 1260 })).toHaveLength(13);
  expect(narrowerStates(defaultRules).find((row) => row.state === 'TX')).toEqual({
    state: 'TX',
    name: 'Texas',
    weekday: '9 am to 8 pm',
    saturday: '9 am to 8 pm',
    sunday: 'noon to 8 pm',
  });
  expect([hourWords(0), hourWords(750), hourWords(1215)]).toEqual(['12 am', '12:30 pm', '8:15 pm']);
});
