import { describe, expect, test } from 'vitest';

import { brief, credits, customers, fixture, inMemory, invoices, owed, read } from '#tests/fixtures/imports/read.ts';

describe('B-18: QuickBooks Online', () => {
  test('B-18: customer contact list', async () => {
    const o = await read(fixture('quickbooks-online-customer-contact-list'));
    expect(o.survey).toMatchObject({
      kind: 'customers',
      product: 'QuickBooks Online',
      confidence: 'high',
      headerLine: 4,
      rows: 7,
    });
    expect(o.problems).toEqual([]);
    expect(
      customers(o).map((c) => [c.line, c.name, c.first, c.last, c.emails.length, c.locations.length, c.archived]),
    ).toEqual([
      [5, 'Wren Castellanos', 'Wren', 'Castellanos', 1, 1, false],
      [10, "O'Rourke & Sons Rentals, LLC", 'Niamh', "O'Rourke", 1, 2, false],
      [15, 'Harbor Pines HOA', null, null, 2, 1, false],
      [17, 'José Peñalba', 'José', 'Peñalba', 0, 1, false],
      [19, 'Teo "Teddy" Lindqvist', null, null, 1, 0, true],
      [20, 'Cash customer', null, null, 0, 0, false],
    ]);
    const [wren, rourke] = customers(o);
    expect(wren?.phones.map((p) => [p.kind, p.e164])).toEqual([
      ['other', '+18505550101'],
      ['mobile', '+18505550102'],
    ]);
    expect(wren?.locations[0]).toMatchObject({
      billing: true,
      address: { street: '418 Larkspur Way', street2: 'Apt 3', city: 'Pensacola', state: 'FL', zip: '32501' },
    });
    expect(rourke?.locations.map((l) => [l.name, l.address.street, l.billing])).toEqual([
      [null, 'PO Box 88', true],
      ['Unit 12 Bayfront', '12 Bayfront Ct', false],
    ]);
  });

  test('B-18: A/R aging detail comes to 5,675.75', async () => {
    const o = await read(fixture('quickbooks-online-ar-aging-detail'));
    expect(o.survey).toMatchObject({
      kind: 'receivables',
      product: 'QuickBooks Online',
      confidence: 'high',
      headerLine: 5,
      rows: 8,
      grouped: true,
      totals: true,
    });
    expect(o.problems).toEqual([]);
    expect(brief(o)).toEqual([
      ['2041', "O'Rourke & Sons Rentals, LLC", '2026-04-02', '2026-05-02', 128450, 128450, 'open'],
      ['2112', 'Harbor Pines HOA', '2026-08-03', '2026-09-02', 492000, 246000, 'open'],
      ['2130', 'Wren Castellanos', '2026-09-01', '2026-10-01', 38900, 38900, 'open'],
      ['2155', 'José Peñalba', '2026-10-12', '2026-11-11', 74225, 74225, 'open'],
      ['2171', 'Harbor Pines HOA', '2026-11-10', '2026-12-10', 115000, 115000, 'open'],
      ['2174', 'Cash customer', '2026-11-18', '2026-12-18', 9500, 0, 'paid'],
    ]);
    expect(invoices(o)[0]?.location?.name).toBe('Unit 12 Bayfront');
    expect(credits(o).map((c) => [c.kind, c.number, c.customer.name, c.amountCents])).toEqual([
      ['credit', 'CM-17', "O'Rourke & Sons Rentals, LLC", 15000],
      ['payment', null, 'José Peñalba', 20000],
    ]);
    expect(owed(o)).toBe(567575);
  });

  test('B-18: open invoices come to 5,675.75, customers taken from the groups', async () => {
    const o = await read(fixture('quickbooks-online-open-invoices'));
    expect(o.survey).toMatchObject({ kind: 'receivables', product: 'QuickBooks Online', rows: 7 });
    expect(o.problems).toEqual([]);
    expect(brief(o)).toEqual([
      ['2130', 'Wren Castellanos', '2026-09-01', '2026-10-01', null, 38900, 'open'],
      ['2112', 'Harbor Pines HOA', '2026-08-03', '2026-09-02', null, 246000, 'open'],
      ['2171', 'Harbor Pines HOA', '2026-11-10', '2026-12-10', null, 115000, 'open'],
      ['2155', 'José Peñalba', '2026-10-12', '2026-11-11', null, 74225, 'open'],
      ['2041', "O'Rourke & Sons Rentals, LLC", '2026-04-02', '2026-04-02', null, 128450, 'open'],
    ]);
    expect(owed(o)).toBe(567575);
  });

  test('B-18: invoices and received payments: a payment is set against its customer’s invoices', async () => {
    const o = await read(fixture('quickbooks-online-invoices-and-received-payments'));
    expect(o.problems).toEqual([]);
    expect(brief(o)).toEqual([
      ['2112', 'Harbor Pines HOA', '2026-08-03', null, 492000, 246000, 'open'],
      ['2155', 'José Peñalba', '2026-10-12', null, 74225, 54225, 'open'],
      ['2041', "O'Rourke & Sons Rentals, LLC", '2026-04-02', null, 128450, 128450, 'open'],
    ]);
    expect(invoices(o)[0]?.payments).toEqual([{ paidOn: '2026-09-20', amountCents: 246000, memo: null, line: 8 }]);
  });

  test.each([
    'No.,Date,Customer,Due date,Amount,Open balance,Status',
    'Num,Invoice Date,Customer full name,Due date,Total,Balance,Status',
    'Num,Date,Customer full name,Due date,Total,Open balance,Status',
    'No.,Invoice Date,Customer,Due date,Amount,Balance,Status',
  ])('B-18: invoice list with the columns %s', async (header) => {
    const o = await read(
      inMemory(
        `Gulf Breeze\nInvoice List\n\n${header}\n2041,04/02/2026,"Ames, Ann",05/02/2026,"$1,284.50",$150.00,Overdue\n`,
      ),
    );
    expect(o.survey.kind).toBe('invoices');
    expect(brief(o)).toEqual([['2041', 'Ann Ames', '2026-04-02', '2026-05-02', 128450, 15000, 'open']]);
  });

  test('B-18: a total that does not fit its rows is told with the difference', async () => {
    const o = await read(
      inMemory(
        'Open Invoices Report\n,Date,Transaction type,Num,Due date,Open balance\nAnn,,,,,\n,04/02/2026,Invoice,1,05/02/2026,100.00\nTotal for Ann,,,,,$120.50\nTOTAL,,,,,$120.50\n',
      ),
    );
    expect(o.problems.map((p) => [p.line, p.severity])).toEqual([
      [5, 'warning'],
      [6, 'warning'],
    ]);
    expect(o.problems[0]?.reason).toContain('a difference of $20.50');
    expect(brief(o)).toHaveLength(1);
  });

  test('B-18: groups in groups: the outer is the customer, the inner a location', async () => {
    const o = await read(
      inMemory(
        ',Date,Transaction type,Num,Due date,Open balance\nAcme,,,,,\n,04/02/2026,Invoice,1,05/02/2026,10.00\nUnit 7,,,,,\n,04/03/2026,Invoice,2,05/03/2026,5.00\nTotal for Unit 7,,,,,$5.00\nTotal for Acme with sub-customers,,,,,$15.00\nBay Co,,,,,\n,04/02/2026,Invoice,3,05/02/2026,1.00\nTotal for Bay Co,,,,,$1.00\nTOTAL,,,,,$16.00\n',
      ),
    );
    expect(o.problems).toEqual([]);
    expect(invoices(o).map((i) => [i.number, i.customer.name, i.location?.name ?? null])).toEqual([
      ['1', 'Acme', null],
      ['2', 'Acme', 'Unit 7'],
      ['3', 'Bay Co', null],
    ]);
  });
});

describe('B-18: Jobber', () => {
  test('B-18: clients: one row a property, archived, several phones', async () => {
    const o = await read(fixture('jobber-clients'));
    expect(o.survey).toMatchObject({ kind: 'customers', product: 'Jobber', confidence: 'high', rows: 5 });
    expect(o.problems).toEqual([]);
    expect(
      customers(o).map((c) => [
        c.externalId,
        c.name,
        c.customerType,
        c.emails.length,
        c.phones.length,
        c.locations.length,
        c.archived,
        c.doNotContact,
      ]),
    ).toEqual([
      ['70010001', 'Wren Castellanos', 'residential', 1, 2, 1, false, false],
      ['70010002', "O'Rourke & Sons Rentals, LLC", 'commercial', 2, 2, 3, false, false],
      ['70010003', 'José Peñalba', 'residential', 0, 1, 1, false, true],
      ['70010004', 'Ingrid Vantongeren', 'residential', 1, 0, 1, true, false],
    ]);
    expect(customers(o)[0]).toMatchObject({
      tags: ['VIP', 'Maintenance plan'],
      phones: [{ kind: 'mobile', e164: '+18505550102' }, { kind: 'other' }],
    });
    expect(customers(o)[1]?.locations.map((l) => [l.externalId, l.name, l.address.street, l.address.state])).toEqual([
      [null, null, 'PO Box 88', 'FL'],
      ['80020002', 'Unit 12 Bayfront', '12 Bayfront Ct', 'FL'],
      ['80020003', 'Unit 14 Bayfront', '14 Bayfront Ct', 'FL'],
    ]);
    expect(customers(o)[3]?.notes).toBe('Dog in yard,\nring twice');
  });

  test('B-18: invoices', async () => {
    const o = await read(fixture('jobber-invoices'));
    expect(o.survey).toMatchObject({
      kind: 'invoices',
      product: 'Jobber',
      confidence: 'high',
      encoding: 'utf8',
      rows: 6,
    });
    expect(o.survey.columns[0]?.name).toBe('Invoice #');
    expect(o.problems).toEqual([]);
    expect(brief(o)).toEqual([
      ['2041', "O'Rourke & Sons Rentals, LLC", '2026-04-02', '2026-05-02', 128450, 128450, 'open'],
      ['2112', 'Harbor Pines HOA', '2026-08-03', '2026-09-02', 492000, 246000, 'open'],
      ['2130', 'Wren Castellanos', '2026-09-01', '2026-10-01', 38900, 38900, 'open'],
      ['2140', 'Ingrid Vantongeren', '2026-09-15', '2026-09-15', 18000, 0, 'paid'],
      ['2171', 'Harbor Pines HOA', '2026-11-10', '2026-12-10', 115000, 115000, 'open'],
      ['2175', 'José Peñalba', '2026-11-19', null, 9500, 9500, 'draft'],
    ]);
    expect(invoices(o)[0]).toMatchObject({
      summary: 'Water heater swap',
      jobNumber: '311',
      location: { address: { street: '12 Bayfront Ct', city: 'Panama City' } },
      items: [
        { name: 'Water heater 50 gal', totalCents: 115000 },
        { name: 'Haul away', totalCents: 5000 },
      ],
    });
    expect(invoices(o)[1]?.jobNumber).toBe('340, 341');
    expect(invoices(o)[2]?.items).toMatchObject([{ name: 'Tune-up, 2 systems', totalCents: 38900 }]);
    expect(invoices(o)[3]?.paidOn).toBe('2026-09-18');
  });
});

describe('B-18: Housecall Pro', () => {
  test('B-18: customers with numbered addresses', async () => {
    const o = await read(fixture('housecall-pro-customers'));
    expect(o.survey).toMatchObject({ kind: 'customers', product: 'Housecall Pro', confidence: 'high', rows: 5 });
    expect(o.problems).toEqual([]);
    expect(
      customers(o).map((c) => [
        c.externalId?.slice(-4),
        c.name,
        c.customerType,
        c.locations.length,
        c.doNotContact,
        c.tags.join(),
      ]),
    ).toEqual([
      ['aa01', 'Wren Castellanos', 'residential', 1, false, 'VIP'],
      ['aa02', "O'Rourke & Sons Rentals, LLC", 'commercial', 3, false, ''],
      ['aa03', 'José Peñalba', 'residential', 1, true, ''],
      ['aa04', 'Vantongeren', 'residential', 1, false, 'Do not service'],
      ['aa05', 'Harbor Pines HOA', 'commercial', 1, false, ''],
    ]);
    expect(customers(o)[0]?.phones.map((p) => p.kind)).toEqual(['mobile', 'landline']);
    expect(customers(o)[1]?.emails).toEqual(['ap@orourke-rentals.example', 'niamh@orourke-rentals.example']);
    expect(customers(o)[1]?.locations.map((l) => [l.address.street, l.billing, l.notes])).toEqual([
      ['PO Box 88', true, null],
      ['12 Bayfront Ct', false, 'Lockbox on rail'],
      ['14 Bayfront Ct', false, null],
    ]);
    expect(customers(o)[4]).toMatchObject({ line: 7, row: 6 });
  });

  test('B-18: jobs become invoices, what is not done yet a draft', async () => {
    const o = await read(fixture('housecall-pro-jobs'));
    expect(o.survey).toMatchObject({ kind: 'jobs', product: 'Housecall Pro', rows: 5 });
    expect(o.problems).toEqual([]);
    expect(brief(o)).toEqual([
      ['311', "O'Rourke & Sons Rentals, LLC", '2026-04-02', null, 128450, 128450, 'open'],
      ['340', 'Harbor Pines HOA', '2026-08-03', null, 492000, 246000, 'open'],
      ['352', 'Wren Castellanos', '2026-09-01', null, 38900, 38900, 'open'],
      ['360', 'Ingrid Vantongeren', '2026-09-15', null, 18000, 0, 'paid'],
      ['372-1', 'José Peñalba', '2026-11-24', null, 9500, 9500, 'draft'],
    ]);
    expect(invoices(o)[0]?.location?.address).toMatchObject({
      street: '12 Bayfront Ct',
      city: 'Panama City',
      state: 'FL',
      zip: '32401',
    });
  });
});

describe('B-18: FreshBooks', () => {
  test('B-18: clients', async () => {
    const o = await read(fixture('freshbooks-clients'));
    expect(o.survey).toMatchObject({ kind: 'customers', product: 'FreshBooks', rows: 5 });
    expect(
      customers(o).map((c) => [c.name, c.first, c.emails[0] ?? null, c.locations[0]?.address.state ?? null]),
    ).toEqual([
      ['Wren Castellanos', 'Wren', 'wren.castellanos@mail.example', 'FL'],
      ["O'Rourke & Sons Rentals, LLC", 'Niamh', 'ap@orourke-rentals.example', 'FL'],
      ['Harbor Pines HOA', null, 'board@harborpines.example', 'FL'],
      ['José Peñalba', 'José', null, null],
      ['Ingrid Vantongeren', 'Ingrid', 'ingrid@vantongeren.example', 'IN'],
    ]);
    expect(o.problems).toEqual([]);
  });

  test('B-18: invoices: line items are summed, a partly paid one without its balance stays out', async () => {
    const o = await read(fixture('freshbooks-invoices'));
    expect(o.survey).toMatchObject({ kind: 'invoices', product: 'FreshBooks', rows: 6 });
    expect(brief(o)).toEqual([
      ['0002041', "O'Rourke & Sons Rentals, LLC", '2026-04-02', null, 128450, 128450, 'open'],
      ['0002130', 'Wren Castellanos', '2026-09-01', null, 38900, 38900, 'open'],
      ['0002140', 'Ingrid Vantongeren', '2026-09-15', null, 18000, 0, 'paid'],
      ['0002175', 'José Peñalba', '2026-11-19', null, 9500, 9500, 'draft'],
    ]);
    expect(invoices(o)[0]?.items.map((i) => i.totalCents)).toEqual([123098, 5352]);
    expect(o.problems).toMatchObject([{ line: 5, severity: 'error', value: '0002112' }]);
  });

  test('B-18: one bad line item keeps its whole invoice out', async () => {
    const header = 'Client Name,Invoice #,Date Issued,Item Name,Line Total\n';
    const o = await read(
      inMemory(
        `${header}Ann,1,2026-04-02,A,10.00\nAnn,1,2026-04-02,B,ten\nAnn,2,2026-04-02,C,5.00\nAnn,3,2026-04-02,D,x\nAnn,3,2026-04-02,E,1.00\n`,
      ),
    );
    expect(invoices(o).map((i) => i.number)).toEqual(['2']);
    expect(o.problems.map((p) => p.line)).toEqual([3, 2, 5, 6]);
  });
});
