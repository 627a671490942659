import fc from 'fast-check';
import { expect, test } from 'vitest';

import { canonical, checkMapping, findHeader, guessMapping } from './header.ts';
import { guessProduct } from './products.ts';
import { readRows, sniffDelimiter } from './rows.ts';

test('B-18: names are compared without case, marks and habits', () => {
  expect(
    [
      'E-mails',
      'Client Name',
      'Invoice #',
      '*InvoiceNumber',
      'Total ($)',
      'Main Phone #s',
      'Job #s',
      'No.',
      'Mobile Number',
    ].map(canonical),
  ).toEqual([
    'email',
    'customer name',
    'invoice number',
    'invoice number',
    'total',
    'main phone',
    'job number',
    'number',
    'mobile',
  ]);
});

test('B-18: the order of columns does not matter', () => {
  const header = ['Customer', 'Invoice #', 'Due date', 'Balance', 'Total', 'E-mail', 'Service City', 'Billing ZIP'];
  fc.assert(
    fc.property(fc.shuffledSubarray(header, { minLength: header.length }), (shuffled) => {
      const mapping = guessMapping(shuffled, [], 'invoices');
      const named = Object.fromEntries(
        Object.entries(mapping).map(([target, columns]) => [target, columns.map((c) => shuffled[c])]),
      );
      expect(named).toEqual({
        'customer.name': ['Customer'],
        'invoice.number': ['Invoice #'],
        'invoice.dueOn': ['Due date'],
        'invoice.balance': ['Balance'],
        'invoice.total': ['Total'],
        'customer.email': ['E-mail'],
        'service.city': ['Service City'],
        'billing.zip': ['Billing ZIP'],
      });
    }),
  );
});

test('B-18: no header makes the guess throw, and no column is taken twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string()),
      fc.constantFrom('customers' as const, 'invoices' as const, 'jobs' as const),
      (header, kind) => {
        const columns = Object.values(guessMapping(header, [], kind)).flat();
        expect(new Set(columns).size).toBe(columns.length);
      },
    ),
  );
});

test('B-18: the header is found under title lines, not taken from data', () => {
  const rows = (cells: string[][]) => cells.map((c, i) => ({ line: i + 1, row: i + 1, cells: c }));
  expect(
    findHeader(rows([['My Co'], ['Invoice List'], [''], ['No.', 'Customer', 'Total'], ['1', 'Ann', '5.00']])),
  ).toBe(3);
  expect(
    findHeader(
      rows([
        ['1', 'Ann', '5.00'],
        ['2', 'Bay', '6.00'],
      ]),
    ),
  ).toBe(-1);
  expect(
    findHeader(
      rows([
        ['Foo', 'Bar', 'Baz'],
        ['1', 'Ann', '5.00'],
      ]),
    ),
  ).toBe(0);
});

test('B-18: what a mapping lacks is named', () => {
  expect(checkMapping('invoices', {}, false)).toEqual([
    'Choose the column with the Invoice number.',
    'Choose the column that says whose invoice it is: Customer name, Customer ID or Email.',
    'Choose the column with the amount: Total or Balance due.',
  ]);
  expect(checkMapping('receivables', { 'invoice.number': [1], 'invoice.balance': [2] }, true)).toEqual([]);
  expect(checkMapping('customers', {}, false)).toHaveLength(1);
  expect(checkMapping('customers', { 'customer.email': [0] }, false)).toEqual([]);
  expect(
    checkMapping('invoices', { 'invoice.number': [0], 'customer.name': [1], 'invoice.total': [2, 3] }, false),
  ).toHaveLength(1);
});

test('B-18: an unknown file has no product, a known one is named', () => {
  expect(guessProduct(['Foo', 'Bar'], [], 'customers')).toBeNull();
  expect(
    guessProduct(
      ['J-ID', 'Main Phone #s', 'E-mails', 'Is Company?', 'Text Message Enabled Phone #', 'Service Property Name'],
      [],
      'customers',
    ),
  ).toEqual({ product: 'Jobber', confidence: 'high' });
});

test('B-18: separators', () => {
  expect(sniffDelimiter('a;b;c\n1,5;2;3\n2,5;2;3\n')).toBe(';');
  expect(sniffDelimiter('a\tb\n1, 2\t3\n')).toBe('\t');
  expect(sniffDelimiter('a|b\n1|2\n')).toBe('|');
  expect(sniffDelimiter('a,b\n"x;y;z",2\n')).toBe(',');
  expect(sniffDelimiter('sep=;\na,b;c\n')).toBe(';');
  expect(sniffDelimiter('one column\n')).toBe(',');
});

test('B-18: rows keep their line and row, however the text is cut', async () => {
  const cell = fc.stringMatching(/^[a-z "\n\r;,é]{0,8}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom('\n', '\r\n'),
      async (table, size, end) => {
        const text = table.map((cells) => cells.map((c) => `"${c.replaceAll('"', '""')}"`).join(',')).join(end);
        const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        const rows = [];
        for await (const batch of readRows(pieces, ',')) rows.push(...batch);
        expect(rows.map((row) => row.cells)).toEqual(table);
        let line = 1;
        rows.forEach((row, i) => {
          expect([row.line, row.row]).toEqual([line, i + 1]);
          line += 1 + row.cells.reduce((n, c) => n + (c.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
        });
      },
    ),
  );
});
