import { describe, expect, test } from 'vitest';

import {
  changedLines,
  emptyLine,
  readInvoiceForm,
  readPrice,
  termsOf,
  typedInvoice,
  writePrice,
  type InvoiceForm,
} from './form.ts';

const TODAY = '2026-03-04';
const form = (overrides: Partial<InvoiceForm> = {}): InvoiceForm => ({
  number: 'INV-1',
  summary: 'Water heater',
  jobId: '',
  locationId: '',
  membershipId: '',
  businessUnitId: '',
  issuedOn: TODAY,
  terms: 'net30',
  dueOn: '',
  notes: '',
  lines: [{ description: 'Labor', quantity: '2.5', price: '95', tax: '8.25' }],
  ...overrides,
});
const errorsOf = (overrides: Partial<InvoiceForm>) => {
  const read = readInvoiceForm(form(overrides), TODAY);
  return read.ok ? {} : read.errors;
};

describe('an invoice as it is typed', () => {
  test('is read with its sums and its due date', () => {
    const read = readInvoiceForm(form({ lines: [...form().lines, emptyLine('8.25')] }), TODAY);
    expect(read).toMatchObject({
      ok: true,
      content: {
        dueOn: '2026-04-03',
        netCents: 23_750,
        taxCents: 1_959,
        totalCents: 25_709,
        lines: [{ quantity: 2500 }],
      },
    });
    expect(readInvoiceForm(form({ terms: 'receipt' }), TODAY)).toMatchObject({ content: { dueOn: TODAY } });
    expect(readInvoiceForm(form({ terms: 'own', dueOn: '2026-05-01' }), TODAY)).toMatchObject({
      content: { dueOn: '2026-05-01' },
    });
    expect([termsOf(TODAY, TODAY), termsOf(TODAY, '2026-03-19'), termsOf(TODAY, '2026-03-20')]).toEqual([
      'receipt',
      'net15',
      'own',
    ]);
  });

  test('each field says what is wrong with it, all at once', () => {
    expect(
      Object.keys(
        errorsOf({
          number: ' ',
          issuedOn: '2026-02-30',
          terms: 'own',
          dueOn: '',
          lines: [{ description: '', quantity: '0', price: '1.234', tax: 'x' }],
        }),
      ).sort(),
    ).toEqual(['dueOn', 'issuedOn', 'line-0-description', 'line-0-price', 'line-0-quantity', 'line-0-tax', 'number']);
    expect(errorsOf({ terms: 'own', dueOn: '2026-03-03' }).dueOn).toMatch(/before the day of the invoice/);
    expect(errorsOf({ issuedOn: '1999-01-01' }).issuedOn).toMatch(/ten years/);
    expect(errorsOf({ terms: 'never' }).terms).toBeDefined();
    expect(errorsOf({ lines: [emptyLine()] })).toEqual({ 'line-0-description': 'Enter at least one item.' });
    expect(errorsOf({ lines: [] })).toEqual({ 'line-0-description': 'Enter at least one item.' });
    expect(errorsOf({ number: 'x'.repeat(41), summary: 'x'.repeat(201), notes: 'x'.repeat(2001) })).toMatchObject({
      number: expect.any(String),
      summary: expect.any(String),
      notes: expect.any(String),
    });
  });

  test('a discount is a line with a minus; the whole is not below zero, and not beyond what can be paid', () => {
    const lines = (price: string) => [{ description: 'Labor', quantity: '1', price, tax: '' }];
    const discount = { description: 'Discount', quantity: '1', price: '−25.00', tax: '' };
    expect(readInvoiceForm(form({ lines: [...lines('100'), discount] }), TODAY)).toMatchObject({
      content: { totalCents: 7_500 },
    });
    expect(errorsOf({ lines: [...lines('10'), discount] }).form).toMatch(/below zero/);
    expect(readInvoiceForm(form({ lines: lines('0') }), TODAY)).toMatchObject({ content: { totalCents: 0 } });
    expect(errorsOf({ lines: [...lines('999999.99'), ...lines('1')] }).form).toMatch(/999,999/);
    expect(errorsOf({ lines: Array.from({ length: 101 }, () => lines('1')[0]!) }).form).toMatch(/100 lines/);
  });

  test('prices below zero are read as they are written', () => {
    for (const cents of [0, 5, -5, 120_450, -120_450])
      expect(readPrice(writePrice(cents))).toEqual({ ok: true, value: cents });
    expect(readPrice('$-5')).toEqual({ ok: true, value: -500 });
    expect(readPrice('- 5')).toEqual({ ok: true, value: -500 });
    for (const bad of ['', '--5', '(5)', '1.234', '€5', '1,20', '99999999'])
      expect(readPrice(bad), bad).toMatchObject({ ok: false });
  });

  test('a posted form keeps its lines in their order, and its buttons add one or take one out', () => {
    const posted = new URLSearchParams([
      ['number', '7'],
      ...['Labor', 'Parts'].flatMap((text) => [
        ['description', text],
        ['quantity', '2'],
        ['price', '3'],
        ['tax', '8'],
      ]),
    ] as [string, string][]);
    const { lines, number } = typedInvoice(posted);
    expect([number, lines.map((line) => line.description)]).toEqual(['7', ['Labor', 'Parts']]);
    expect(changedLines(lines, 'add')[2]).toEqual({ description: '', quantity: '1', price: '', tax: '8' });
    expect(changedLines(lines, 'remove-0').map((line) => line.description)).toEqual(['Parts']);
    expect(changedLines([lines[0]!], 'remove-0')).toEqual([emptyLine()]);
    expect(changedLines(lines, 'totals')).toEqual(lines);
    expect(changedLines(lines, 'remove-99')).toEqual(lines);
  });
});
