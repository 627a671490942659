import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseAddress, parseState, parseZip } from './addresses.ts';
import { csvCell, flag, tags, unwrap } from './cells.ts';
import { parseEmails, parsePhones } from './contacts.ts';
import { type DateOrder, parseDate, settleDates, weighDate } from './dates.ts';
import { type Decimal, parseMoney, settleMoney, weighMoney } from './money.ts';
import { dueByTerms } from './invoices.ts';
import { nameKey, parseName, splitPerson } from './names.ts';

const money = (cell: string, decimal: Decimal | null = '.') => {
  const result = parseMoney(cell, decimal);
  return result.ok ? result.cents : 'no';
};
const date = (cell: string, order: DateOrder | null = 'mdy') => {
  const result = parseDate(cell, order);
  return result.ok ? result.date : 'no';
};
const orderOf = (...cells: string[]) => {
  const evidence = { mdy: 0, dmy: 0, either: 0, dotted: 0 };
  cells.forEach((cell) => weighDate(cell, evidence));
  return settleDates(evidence, { mdy: 0, dmy: 0, either: 0, dotted: 0 });
};
const decimalOf = (...cells: string[]) => {
  const evidence = { dot: 0, comma: 0, either: 0 };
  cells.forEach((cell) => weighMoney(cell, evidence));
  return settleMoney(evidence, { dot: 0, comma: 0, either: 0 });
};

describe('B-18: money', () => {
  test.each([
    ['$1,234.50', 123450],
    ['(50.00)', -5000],
    ['($1,234.50)', -123450],
    ['-150.00', -15000],
    ['$-5', -500],
    ['-$5.00', -500],
    ['5.00-', -500],
    ['−200.00', -20000],
    ['1284.5', 128450],
    ['1150.00000000', 115000],
    ['1284.4999999999', 128450],
    ['0.1', 10],
    ['.5', 50],
    ['USD 12.00', 1200],
    ['12.00 CR', -1200],
    ['="389.00"', 38900],
    ['0.00', 0],
    ['-0.00', 0],
    ['', null],
    ['-', null],
    ['N/A', null],
    ['1.234,50', 123450],
    ['12,5', 1250],
    ['70.10', 7010],
    ['0.29', 29],
  ])('B-18: %s is %s cents', (cell, cents) => expect(money(cell)).toBe(cents));

  test.each([
    'abc',
    '12.345',
    '1,23,4.00',
    '--5',
    '1.2E+05',
    '50%',
    '$',
    '1.2.3',
    '99999999999999999999',
    '12/31/2026',
  ])('B-18: %s is refused, not guessed', (cell) => expect(money(cell)).toBe('no'));

  test('B-18: the column decides what 1.234 and 1,234 mean, and contradiction is told', () => {
    expect(decimalOf('1.234,50', '1.234')).toBe(',');
    expect(money('1.234', ',')).toBe(123400);
    expect(decimalOf('12.50', '1,234')).toBe('.');
    expect(money('1,234', '.')).toBe(123400);
    expect(decimalOf('12.50', '12,50')).toBeNull();
    expect(money('1,234', null)).toBe('no');
    expect(money('1,234.50', null)).toBe(123450);
  });

  test('B-18: every amount that is written out is read back to the same cents', () => {
    const style = fc.record({
      cents: fc.integer({ min: -9_999_999_999, max: 9_999_999_999 }),
      comma: fc.boolean(),
      sign: fc.constantFrom('-$', '$-', '()', '-'),
    });
    fc.assert(
      fc.property(style, ({ cents, comma, sign }) => {
        const size = Math.abs(cents);
        const groups = Math.floor(size / 100)
          .toString()
          .replace(/\B(?=(\d{3})+$)/g, comma ? '.' : ',');
        const figures = `${groups}${comma ? ',' : '.'}${String(size % 100).padStart(2, '0')}`;
        const written = cents >= 0 ? `$${figures}` : sign === '()' ? `($${figures})` : `${sign}${figures}`;
        expect(money(written, comma ? ',' : '.')).toBe(cents);
      }),
    );
  });

  test('B-18: no text makes it throw, and cents are always whole', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom<Decimal | null>('.', ',', null), (cell, decimal) => {
        const cents = money(cell, decimal);
        if (typeof cents === 'number') expect(Number.isSafeInteger(cents)).toBe(true);
      }),
    );
  });
});

describe('B-18: dates', () => {
  test.each([
    ['11/03/2026', '2026-11-03'],
    ['1/2/26', '2026-01-02'],
    ['2026-04-02', '2026-04-02'],
    ['2026-04-02T10:00:00Z', '2026-04-02'],
    ['2026/04/02', '2026-04-02'],
    ['20260402', '2026-04-02'],
    ['Nov 20, 2025', '2025-11-20'],
    ['November 20 2025', '2025-11-20'],
    ['Sept 3, 2026', '2026-09-03'],
    ['20-Nov-25', '2025-11-20'],
    ['20 Nov 2025', '2025-11-20'],
    ['Friday, November 20, 2026', '2026-11-20'],
    ['11/03/2026 12:00:00 AM', '2026-11-03'],
    ['11/03/2026, 9:16 AM GMT-06:00', '2026-11-03'],
    ['46330', '2026-11-04'],
    ['="11/03/2026"', '2026-11-03'],
    ['-', null],
    ['', null],
    ['25/12/2026', '2026-12-25'],
  ])('B-18: %s is %s', (cell, expected) => expect(date(cell)).toBe(expected));

  test.each(['02/30/2026', '13/13/2026', 'soon', '1/2', 'Foo 3, 2026', '11/03/0026', '2026-00-10', '12345'])(
    'B-18: %s is refused',
    (cell) => expect(date(cell)).toBe('no'),
  );

  test('B-18: the values of a column settle day and month', () => {
    expect(orderOf('03/04/2026', '25/04/2026')).toEqual({ order: 'dmy', sure: true });
    expect(orderOf('03/04/2026', '04/25/2026')).toEqual({ order: 'mdy', sure: true });
    expect(orderOf('03/04/2026')).toEqual({ order: 'mdy', sure: false });
    expect(orderOf('03.04.2026')).toEqual({ order: 'dmy', sure: false });
    expect(orderOf('25/04/2026', '04/25/2026')).toEqual({ order: null, sure: true });
    expect(orderOf('2026-04-25')).toEqual({ order: 'mdy', sure: true });
    expect(date('03/04/2026', 'dmy')).toBe('2026-04-03');
    expect(date('03/04/2026', null)).toBe('no');
    expect(date('04/04/2026', null)).toBe('2026-04-04');
  });

  test('B-18: terms give a due date where there is none', () => {
    expect(dueByTerms('2026-11-03', 'Net 30')).toBe('2026-12-03');
    expect(dueByTerms('2026-11-03', 'Due on receipt')).toBe('2026-11-03');
    expect(dueByTerms('2026-11-03', 'EOM')).toBeNull();
    expect(dueByTerms(null, 'Net 30')).toBeNull();
  });

  test('B-18: every day in either order is read back', () => {
    const day = fc.date({ min: new Date('1971-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.constantFrom<DateOrder>('mdy', 'dmy'), (at, order) => {
        const iso = at.toISOString().slice(0, 10);
        const [y, m, d] = iso.split('-');
        expect(date(order === 'mdy' ? `${m}/${d}/${y}` : `${d}/${m}/${y}`, order)).toBe(iso);
      }),
    );
  });
});

describe('B-18: contacts', () => {
  const phones = (cell: string, kind: 'mobile' | 'landline' | 'other' = 'other') =>
    parsePhones(cell, kind).phones.map((phone) => `${phone.kind} ${phone.e164}`);

  test('B-18: several numbers in a cell, each with the kind its label says', () => {
    expect(phones('Phone:(850) 555-0101  Mobile:(850) 555-0102')).toEqual([
      'other +18505550101',
      'mobile +18505550102',
    ]);
    expect(phones('(850) 555-0110, (850) 555-0111')).toEqual(['other +18505550110', 'other +18505550111']);
    expect(phones('8505550102', 'mobile')).toEqual(['mobile +18505550102']);
    expect(phones('+1 915-555-0123 ext. 4', 'landline')).toEqual(['landline +19155550123']);
    expect(phones('Home: 850-555-0101 Fax: 850-555-0199')).toEqual(['landline +18505550101']);
    expect(phones('850-555-0101; Mobile: 850-555-0101')).toEqual(['mobile +18505550101']);
    expect(phones('="8505550101"')).toEqual(['other +18505550101']);
    expect(phones('+44 20 7946 0958')).toEqual(['other +442079460958']);
  });

  test('B-18: what is no number is named, the rest goes in', () => {
    expect(parsePhones('call wife, 850-555-0101', 'other')).toMatchObject({
      phones: [{ e164: '+18505550101' }],
      bad: ['call wife'],
    });
    expect(parsePhones('555-0101', 'other')).toEqual({ phones: [], bad: ['555-0101'] });
    expect(parsePhones('-', 'other')).toEqual({ phones: [], bad: [] });
  });

  test('B-18: several emails in a cell, checked, each once', () => {
    expect(parseEmails('AP@orourke.example, niamh@orourke.example; ap@orourke.example').emails).toEqual([
      'ap@orourke.example',
      'niamh@orourke.example',
    ]);
    expect(parseEmails('Ann Ames <ann@mail.example>').emails).toEqual(['ann@mail.example']);
    expect(parseEmails('"Ames, Ann" <ann@mail.example>').emails).toEqual(['ann@mail.example']);
    expect(parseEmails('mailto:ann@mail.example').emails).toEqual(['ann@mail.example']);
    expect(parseEmails('a@b.example c@d.example').emails).toEqual(['a@b.example', 'c@d.example']);
    expect(parseEmails('none')).toEqual({ emails: [], bad: [] });
    for (const bad of [
      'a@b',
      'a b@',
      '@x.example',
      'a..b@x.example',
      '.a@x.example',
      'a@-x.example',
      'a@x.example\u0000',
      '<script>@x.example',
    ]) {
      expect(parseEmails(bad).emails, bad).toEqual([]);
    }
    expect(parseEmails(`${'a'.repeat(65)}@x.example`).emails).toEqual([]);
  });

  test('B-18: no text makes contact parsing throw or last', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (cell) => {
        parsePhones(cell, 'other');
        parseEmails(cell);
        parseAddress(cell);
        parseName(cell);
      }),
    );
    const started = performance.now();
    for (const cell of [
      ' '.repeat(20_000),
      'a@'.repeat(20_000),
      '1 '.repeat(20_000),
      ','.repeat(20_000),
      'a.'.repeat(20_000),
    ]) {
      parsePhones(cell, 'other');
      parseEmails(cell);
      parseAddress(cell);
      parseDate(cell, 'mdy');
      parseMoney(cell, '.');
      nameKey(cell);
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('B-18: names, addresses, cells', () => {
  test('B-18: names are taken apart, companies stay whole', () => {
    expect(parseName('Castellanos, Wren')).toMatchObject({
      name: 'Wren Castellanos',
      first: 'Wren',
      last: 'Castellanos',
    });
    expect(parseName("O'Rourke & Sons Rentals, LLC:Unit 12 Bayfront")).toMatchObject({
      name: "O'Rourke & Sons Rentals, LLC",
      child: 'Unit 12 Bayfront',
    });
    expect(parseName('Acme:A:B')).toMatchObject({ name: 'Acme', child: 'A: B' });
    expect(parseName('Teo "Teddy" Lindqvist (deleted)')).toMatchObject({
      name: 'Teo "Teddy" Lindqvist',
      deleted: true,
    });
    for (const whole of ['Gulf Air, Inc.', 'Smith, Jones & Co', 'Martin Ames, Jr.', 'Note: urgent', 'Unit 5, Bay 7']) {
      expect(parseName(whole), whole).toMatchObject({ name: whole, first: null, child: null });
    }
    expect(splitPerson('Dr. Ann Marie Ames Jr.')).toEqual({ first: 'Ann Marie', last: 'Ames Jr.' });
    expect(nameKey('Peñalba, José')).toBe(nameKey('jose  PEÑALBA'));
    expect(nameKey('O’Rourke & Sons')).toBe(nameKey("O'Rourke and Sons"));
  });

  test('B-18: addresses over several lines or on one', () => {
    expect(parseAddress('418 Larkspur Way\nApt 3\nPensacola FL 32501')).toMatchObject({
      street: '418 Larkspur Way',
      street2: 'Apt 3',
      city: 'Pensacola',
      state: 'FL',
      zip: '32501',
    });
    expect(parseAddress('12 Bayfront Ct, Panama City, FL 32401')).toMatchObject({
      street: '12 Bayfront Ct',
      street2: null,
      city: 'Panama City',
      state: 'FL',
      zip: '32401',
    });
    expect(parseAddress('Gary, IN 46402')).toMatchObject({ street: null, city: 'Gary', state: 'IN', zip: '46402' });
    expect(parseAddress('1 Main St, Springfield, West Virginia 26101-1234, USA')).toMatchObject({
      street: '1 Main St',
      city: 'Springfield',
      state: 'WV',
      zip: '26101-1234',
      country: 'US',
    });
    expect(parseAddress('12 Bay Rd\nSalem MA\n01970')).toMatchObject({
      street: '12 Bay Rd',
      city: 'Salem',
      state: 'MA',
      zip: '01970',
    });
    expect(parseAddress('behind the mill')).toMatchObject({ street: 'behind the mill', city: null });
    expect(parseAddress(' - ')).toBeNull();
    expect(parseZip('1970', 'MA')).toBe('01970');
    expect(parseZip('1970', 'FL')).toBe('1970');
    expect(parseState('florida')).toBe('FL');
    expect(parseState('Bavaria')).toBe('Bavaria');
  });

  test('B-18: formula cells are data here and quoted on the way out', () => {
    expect(unwrap('="311"')).toBe('311');
    expect(unwrap('=1+1')).toBe('=1+1');
    expect(csvCell('=1+1')).toBe("'=1+1");
    expect(csvCell('@x')).toBe("'@x");
    expect(csvCell('-5, "x"')).toBe('"\'-5, ""x"""');
    expect(csvCell('plain')).toBe('plain');
    expect(csvCell('-150.00')).toBe('-150.00');
    expect(csvCell('-2+3+cmd|x')).toBe("'-2+3+cmd|x");
    expect(tags('VIP, Maintenance plan; vip')).toEqual(['VIP', 'Maintenance plan']);
    expect([flag('Yes'), flag('FALSE'), flag('maybe')]).toEqual([true, false, null]);
  });
});
