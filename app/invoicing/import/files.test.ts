import { describe, expect, test } from 'vitest';

import { brief, customers, inMemory, invoices, read, refusal } from '#tests/fixtures/imports/read.ts';

import { type OpenFile, surveyFile } from './survey.ts';

describe('B-18: files of other products', () => {
  test('B-18: ServiceTitan with a row above the header', async () => {
    const o = await read(
      inMemory(
        'Open receivables 11/21/2026\nCustomer ID,Customer Name,Location,Business Unit,Invoice Number,Invoice Date,Due Date,Total,Balance\n77,Ann Ames,12 Bay Rd,HVAC Service,10042,11/3/2026 12:00:00 AM,12/3/2026,"$1,000.00",$400.00\n',
      ),
    );
    expect(o.survey).toMatchObject({ kind: 'invoices', product: 'ServiceTitan', headerLine: 2 });
    expect(invoices(o)).toMatchObject([
      {
        number: '10042',
        businessUnit: 'HVAC Service',
        balanceCents: 40000,
        customer: { externalId: '77', name: 'Ann Ames' },
        location: { name: '12 Bay Rd' },
      },
    ]);
  });

  test.each([
    [
      'Xero',
      '*ContactName,EmailAddress,POAddressLine1,POCity,PORegion,POPostalCode,*InvoiceNumber,*InvoiceDate,*DueDate,Total,InvoiceAmountDue,Currency',
      'Ann Ames,ann@mail.example,1 Main St,Gary,IN,46402,INV-7,2026-11-03,2026-12-03,100.00,40.00,USD',
    ],
    [
      'Stripe',
      'id,Amount Due,Currency,Date (UTC),Due Date (UTC),Number,Total,Amount Paid,Status,Customer Name,Customer Email',
      'in_1,40.00,usd,2026-11-03 10:00,2026-12-03 10:00,INV-7,100.00,60.00,open,Ann Ames,ann@mail.example',
    ],
    [
      'Square',
      'Invoice ID,Invoice Title,Customer Name,Customer Email,Invoice Date,Due Date,Requested Amount,Amount Paid,Status',
      'INV-7,Tune-up,Ann Ames,ann@mail.example,11/03/2026,12/03/2026,$100.00,$60.00,Partially Paid',
    ],
    [
      'Wave',
      'Invoice Number;Customer;Customer Email;Invoice Date;Due Date;Total;Amount Due;Status',
      'INV-7;Ann Ames;ann@mail.example;2026-11-03;2026-12-03;100,00;40,00;Sent',
    ],
    [
      'anyone',
      'Invoice No\tClient\tE-mail\tIssued\tDue\tGrand Total\tBalance Owed',
      'INV-7\tAnn Ames\tann@mail.example\t11/03/2026\t12/03/2026\t100.00\t40.00',
    ],
  ])('B-18: an invoice file as %s writes it', async (_, header, row) => {
    const o = await read(inMemory(`${header}\n${row}\n`));
    expect(o.problems).toEqual([]);
    expect(invoices(o)).toMatchObject([
      {
        number: 'INV-7',
        totalCents: 10000,
        balanceCents: 4000,
        status: 'open',
        customer: { name: 'Ann Ames', emails: ['ann@mail.example'] },
      },
    ]);
    if (!header.includes('Issued\t'))
      expect(invoices(o)).toMatchObject([{ issuedOn: '2026-11-03', dueOn: '2026-12-03' }]);
  });

  test.each([
    [
      'Square',
      'Reference ID,First Name,Last Name,Email Address,Phone Number,Company Name,Street Address 1,City,State,Postal Code',
      'r1,Ann,Ames,ann@mail.example,+18505550101,,1 Main St,Gary,Indiana,46402',
    ],
    [
      'Wave',
      'customer_name,email,contact_first_name,contact_last_name,phone,address_line_1,city,province/state,postal_code/zip_code',
      'Ann Ames,ann@mail.example,Ann,Ames,850-555-0101,1 Main St,Gary,Indiana,46402',
    ],
    [
      'Xero',
      '*ContactName,EmailAddress,FirstName,LastName,PhoneNumber,POAddressLine1,POCity,PORegion,POPostalCode',
      'Ann Ames,ann@mail.example,Ann,Ames,850-555-0101,1 Main St,Gary,IN,46402',
    ],
    [
      'anyone',
      'Name|E-Mail|First|Last|Telephone|Address|Town|State|Zip',
      'Ann Ames|ann@mail.example|Ann|Ames|850.555.0101|1 Main St|Gary|IN|46402',
    ],
  ])('B-18: a customer file as %s writes it', async (_, header, row) => {
    const o = await read(inMemory(`${header}\n${row}\n`));
    expect(o.survey.kind).toBe('customers');
    expect(o.problems).toEqual([]);
    expect(customers(o)).toMatchObject([
      {
        name: 'Ann Ames',
        first: 'Ann',
        last: 'Ames',
        emails: ['ann@mail.example'],
        phones: [{ e164: '+18505550101' }],
        locations: [{ address: { street: '1 Main St', city: 'Gary', state: 'IN', zip: '46402' } }],
      },
    ]);
  });

  test('B-18: a column name that stands twice, a column without name, columns in any order', async () => {
    const o = await read(
      inMemory('Balance,Email,,Customer,Email,Invoice #,Total,Total\n40,a@b.example,x,Ann,c@d.example,1,,100\n'),
    );
    expect(invoices(o)).toMatchObject([
      { balanceCents: 4000, totalCents: 10000, customer: { emails: ['a@b.example', 'c@d.example'] } },
    ]);
  });

  test('B-18: day first is seen from the values, in one column for all', async () => {
    const o = await read(
      inMemory(
        'Invoice #,Customer,Invoice Date,Due Date,Total\n1,Ann,03/04/2026,04/05/2026,5\n2,Ann,25/04/2026,04/06/2026,5\n',
      ),
    );
    expect(brief(o).map((r) => [r[2], r[3]])).toEqual([
      ['2026-04-03', '2026-05-04'],
      ['2026-04-25', '2026-06-04'],
    ]);
  });

  test('B-18: bad rows are listed with line, row, column and reason; the good ones go in', async () => {
    const o = await read(
      inMemory(
        'Invoice #,Customer,Email,Invoice Date,Total\r\n1,Ann,ann@mail.example,04/02/2026,10\r\n2,"Bay\r\nCo",nope,04/02/2026,10\r\n,Cy,,04/02/2026,10\r\n4,,,04/02/2026,10\r\n5,Di,,02/30/2026,10\r\n6,Ed,,04/02/2026,ten\r\n7,Fay,,04/02/2026,10,extra\r\n1,Ann,,04/02/2026,10\r\n8,Gil,,04/02/2026,\r\n',
      ),
    );
    expect(invoices(o).map((i) => i.number)).toEqual(['1', '2']);
    expect(o.rows).toBe(9);
    expect(o.problems.map((p) => [p.line, p.row, p.severity, p.column])).toEqual([
      [3, 3, 'warning', 'Email'],
      [5, 4, 'error', 'Invoice #'],
      [6, 5, 'error', null],
      [7, 6, 'error', 'Invoice Date'],
      [8, 7, 'error', 'Total'],
      [9, 8, 'error', null],
      [10, 9, 'error', null],
      [11, 10, 'error', null],
    ]);
    expect(o.problems.every((p) => /^[A-Z“].*[.!]$/s.test(p.reason))).toBe(true);
  });

  test('B-18: formula cells and scripts stay as text', async () => {
    const o = await read(inMemory('Name,Email,Notes\n=1+1,a@b.example,@sum\n<script>x</script>,b@b.example,+cmd\n'));
    expect(customers(o).map((c) => [c.name, c.notes])).toEqual([
      ['=1+1', '@sum'],
      ['<script>x</script>', '+cmd'],
    ]);
  });
});

describe('B-18: encodings and wrong files', () => {
  const rows = 'Name,Email,City\nJosé Peñalba,jose@mail.example,Cañon City\nAnn Ames,ann@mail.example,Gary\n';
  test.each([
    ['UTF-8', Buffer.from(rows)],
    ['UTF-8 with BOM', Buffer.from(`\ufeff${rows}`)],
    ['UTF-16LE with BOM', Buffer.from(`\ufeff${rows}`, 'utf16le')],
    ['UTF-16LE without', Buffer.from(rows, 'utf16le')],
    ['UTF-16BE with BOM', Buffer.from(`\ufeff${rows}`, 'utf16le').swap16()],
    ['Windows-1252', Buffer.from(rows, 'latin1')],
    ['Mac Roman', Buffer.from(rows.replaceAll('é', '\x8e').replaceAll('ñ', '\x96'), 'latin1')],
    ['old Mac line ends', Buffer.from(rows.replaceAll('\n', '\r'))],
    ['null characters', Buffer.from(rows.replace('Peñ', 'Pe\0ñ'))],
  ])('B-18: %s', async (_, bytes) => {
    const o = await read(() => [...bytes].map((byte) => Buffer.from([byte])));
    expect(customers(o).map((c) => [c.name, c.locations[0]?.address.city])).toEqual([
      ['José Peñalba', 'Cañon City'],
      ['Ann Ames', 'Gary'],
    ]);
    if (bytes.includes(0) && !bytes.includes(0xff))
      expect(o.survey.encoding === 'utf8' ? o.survey.notes : ['null character']).toEqual([
        expect.stringContaining('null character'),
      ]);
  });

  test('B-18: a Windows-1252 letter on the last line only', async () => {
    const many = 'Name,Email\n' + 'Ann Ames,ann@mail.example\n'.repeat(9_000);
    const o = await read(
      inMemory(Buffer.concat([Buffer.from(many), Buffer.from('Jos\xe9 \x96 Pe\xf1alba,j@mail.example\n', 'latin1')])),
    );
    expect(o.survey.encoding).toBe('windows-1252');
    expect(customers(o).at(-1)?.name).toBe('José – Peñalba');
  });

  test('B-18: one damaged letter does not spoil a UTF-8 file', async () => {
    const o = await read(
      inMemory(Buffer.concat([Buffer.from(`${rows}Ñandú,a@b.example,Ñ\n`), Buffer.from([0x58, 0xff, 0x0a])])),
    );
    expect(customers(o)[0]?.name).toBe('José Peñalba');
    expect(o.survey.notes).toEqual([expect.stringContaining('damaged')]);
  });

  test.each([
    [
      'xlsx',
      Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.from('....[Content_Types].xml....xl/workbook.xml')]),
      'This is an Excel workbook. Save it as CSV and import that.',
    ],
    ['xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'This is an Excel workbook. Save it as CSV and import that.'],
    [
      'zip',
      Buffer.from('PK\x03\x04export.csv', 'latin1'),
      'This is a ZIP archive. Unpack it and import the CSV file inside.',
    ],
    ['pdf', Buffer.from('%PDF-1.7'), 'This is a PDF. Export the list as CSV and import that.'],
    ['png', Buffer.from('89504e470d0a1a0a', 'hex'), 'This is a picture. Export the list as CSV and import that.'],
    [
      'html',
      Buffer.from('<!DOCTYPE html><table>'),
      'This is a web page, not a CSV file. Open it in a spreadsheet, save it as CSV and import that.',
    ],
    ['nothing', Buffer.alloc(0), 'This file is empty. Export it again, with rows in it, and import that.'],
    [
      'blanks',
      Buffer.from('\ufeff \r\n\r\n'),
      'This file is empty. Export it again, with rows in it, and import that.',
    ],
    [
      'noise',
      Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256)),
      'This is not a text file. Export the list as CSV and import that.',
    ],
    [
      'only a header',
      Buffer.from('Name,Email\n'),
      'This file has a header, but no rows below it. Export it again and import that.',
    ],
    [
      'an open quote',
      Buffer.from('Name,Email\nAnn,a@b.example\nBay,"x\n\n'),
      'From line 3 on, a cell opens with a quotation mark (") that is never closed. Close it in the file and upload it again.',
    ],
  ])('B-18: %s is refused in plain words', async (_, bytes, reason) => expect(await refusal(bytes)).toBe(reason));

  test('B-18: a line of 10 MB ends the reading early, in bounded memory', async () => {
    let pulled = 0;
    const open: OpenFile = async function* () {
      yield Buffer.from('Name,Email\nAnn,a@b.example\n"');
      for (let i = 0; i < 160; i++) {
        pulled += 1;
        yield Buffer.alloc(64 * 1024, 'x');
      }
    };
    const probe = { ok: true as const, encoding: 'utf8', bytes: 10_000_000, nulls: 0, invalid: 0 };
    const result = await surveyFile(open, probe);
    expect(result).toMatchObject({
      ok: false,
      line: 3,
      reason: expect.stringContaining('line 3 is longer than 1,000,000 characters'),
    });
    expect(pulled).toBeLessThan(20);
  });

  test('B-18: a file without a header can be mapped by hand', async () => {
    const open = inMemory('1,Ann,10.00,ann@mail.example\n2,Bay,20.00,bay@mail.example\n');
    const result = await surveyFile(open);
    expect(result).toMatchObject({
      ok: true,
      survey: { headerRow: 0, rows: 2, mapping: {}, columns: [{ name: 'Column 1', samples: ['1', '2'] }, {}, {}, {}] },
    });
    const o = await read(open, {
      kind: 'invoices',
      mapping: { 'invoice.number': [0], 'customer.name': [1], 'invoice.total': [2], 'customer.email': [3] },
    });
    expect(brief(o).map((r) => [r[0], r[1], r[4]])).toEqual([
      ['1', 'Ann', 1000],
      ['2', 'Bay', 2000],
    ]);
  });
});
