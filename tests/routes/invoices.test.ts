import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';

import { roles, can, type Role } from '#app/company/permissions.ts';
import { withCompany } from '#db/client.ts';
import { invoiceItems, invoices, messages, onlinePaymentSettings } from '#db/schema/index.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp, type TestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

let app: TestApp;
let company: MadeCompany;
let other: MadeCompany;
const cookies = {} as Record<Role, string>;
let customer: number;
let theirs: { invoiceId: number; customerId: number };

beforeAll(async () => {
  app = await startTestApp();
  company = await makeCompany(app.db, { portalHost: 'routes' });
  other = await makeCompany(app.db);
  theirs = await withCompany(app.db, other.companyId, (tx) => makeInvoice(tx));
  customer = (await ours((tx) => makeCustomer(tx, { name: '=Ann Ames' }))).customerId;
  for (const role of roles) {
    const { email } = await ours((tx) => makeStaff(tx, { role }));
    cookies[role] = await signInCookie(app.origin, email, TEST_PASSWORD);
  }
});

const ours = <T>(work: Parameters<typeof withCompany<T>>[2]) => withCompany(app.db, company.companyId, work);
const get = (path: string, role: Role = 'office') => send(app.origin + path, { cookie: cookies[role] });
const post = (path: string, form: [string, string][], role: Role = 'office') =>
  send(app.origin + path, { form, cookie: cookies[role] });

const line = (description: string, price: string): [string, string][] => [
  ['description', description],
  ['quantity', '1'],
  ['price', price],
  ['tax', '10'],
];
const fields = (number: string): [string, string][] => [
  ['number', number],
  ['summary', 'Water heater'],
  ['issuedOn', '2026-03-04'],
  ['terms', 'own'],
  ['dueOn', '2026-03-20'],
  ['jobId', ''],
  ['locationId', ''],
  ['businessUnitId', ''],
  ['notes', ''],
];
const numbered = (number: string) =>
  ours((tx) => tx.select().from(invoices).where(eq(invoices.number, number)).orderBy(invoices.id));
const versionIn = (body: string) => /name="version" value="([^"]+)"/.exec(body)![1]!;

describe('B-15: each page asks for its permission, and another company’s ids are not there', () => {
  test('roles', async () => {
    const { invoiceId } = await ours((tx) => makeInvoice(tx));
    const pages = [
      ['/invoices/new', 'invoices.edit'],
      [`/invoices/new?customer=${customer}`, 'invoices.edit'],
      [`/invoices/${invoiceId}/edit`, 'invoices.edit'],
      [`/invoices/${invoiceId}/pdf`, 'invoices.read'],
      ['/invoices/export', 'invoices.read'],
      [`/customers/${customer}/statement`, 'invoices.read'],
      [`/customers/${customer}/statement/pdf`, 'invoices.read'],
      [`/customers/${customer}/statement/send`, 'invoices.edit'],
      ['/reports/aging', 'invoices.read'],
      ['/reports/aging/csv', 'invoices.read'],
      ['/settings/invoicing/invoice-email', 'settings.read'],
    ] as const;
    for (const [path, permission] of pages) {
      for (const role of ['office', 'technician', 'dispatcher', 'viewer'] as const) {
        const { status } = await get(path, role);
        expect(status, `${path} as ${role}`).toBe(can(role, permission) ? 200 : 403);
      }
    }
    for (const path of [
      `/invoices/${invoiceId}/issue`,
      `/invoices/${invoiceId}/delete`,
      '/invoices/new?customer=' + customer,
    ]) {
      expect((await post(path, [['do', 'draft']], 'viewer')).status, path).toBe(403);
    }
    expect((await post('/settings/invoicing/invoice-email', [['do', 'save']], 'manager')).status).toBe(403);
  });

  test('another company’s', async () => {
    const at = [
      `/invoices/${theirs.invoiceId}/edit`,
      `/invoices/${theirs.invoiceId}/pdf`,
      `/invoices/${theirs.invoiceId}/email`,
      `/invoices/new?customer=${theirs.customerId}`,
      `/customers/${theirs.customerId}/statement`,
      `/customers/${theirs.customerId}/statement/pdf`,
      `/customers/${theirs.customerId}/statement/send`,
    ];
    for (const path of at) expect((await get(path)).status, path).toBe(404);
    for (const path of [...at.filter((one) => !/pdf|statement$/.test(one)), `/invoices/${theirs.invoiceId}/issue`]) {
      const answer = await post(path, [
        ['do', 'issue'],
        ['to', 'a@mail.example'],
        ...fields('X'),
        ...line('Work', '1'),
      ]);
      expect(answer.status, path).toBe(404);
    }
    expect((await post(`/invoices/${theirs.invoiceId}/delete`, [])).headers.location).toBe(
      `/invoices/${theirs.invoiceId}`,
    );
    const rows = await withCompany(app.db, other.companyId, (tx) => tx.select().from(invoices));
    expect(rows).toMatchObject([{ id: theirs.invoiceId, status: 'open' }]);
    expect((await get(`/reports/aging?customer=${theirs.customerId}`)).body).not.toContain(
      `/invoices/${theirs.invoiceId}`,
    );
  });
});

describe('making an invoice without JavaScript', () => {
  const at = () => `/invoices/new?customer=${customer}`;

  test('buttons add and remove lines, and what was typed stays', async () => {
    const added = await post(at(), [['do', 'add'], ...fields('KEEP-1'), ...line('Heater', '1,280')]);
    expect(added.status).toBe(200);
    expect(added.body).toContain('value="KEEP-1"');
    expect(added.body).toContain('value="1,280"');
    expect(added.body).toContain('name="do" value="remove-1"');
    expect(added.body).toContain('$1,408.00');
    const removed = await post(at(), [
      ['do', 'remove-0'],
      ...fields('KEEP-1'),
      ...line('Heater', '1,280'),
      ...line('Labor', '95'),
    ]);
    expect(removed.body).not.toContain('value="1,280"');
    expect(removed.body).toContain('value="95"');
    // Enter in a field is the first button of the form.
    expect(/name="do" value="([\w-]+)"/.exec((await get(at())).body)![1]).toBe('totals');
    expect(await numbered('KEEP-1')).toEqual([]);
  });

  test('what is wrong stands at its field; a second click makes no second invoice', async () => {
    const bad = await post(at(), [['do', 'issue'], ...fields('BAD-1'), ...line('Heater', '1.234')]);
    expect(bad.status).toBe(400);
    expect(bad.body).toContain('href="#line-0-price"');
    expect(bad.body).toContain('two decimals at most');
    const form: [string, string][] = [
      ['do', 'issue'],
      ...fields('TWICE-1'),
      ...line('Heater', '100'),
      ...line('Labor', '50'),
    ];
    const clicks = await Promise.all([post(at(), form), post(at(), form)]);
    expect(clicks.map((click) => click.status).sort((a, b) => a - b)).toEqual([302, 400]);
    expect(clicks.find((click) => click.status === 400)!.body).toContain('TWICE-1 is there already');
    const [made, ...more] = await numbered('TWICE-1');
    expect(more).toEqual([]);
    expect(made).toMatchObject({ status: 'open', totalCents: 16_500, dueOn: '2026-03-20', customerId: customer });
    const page = await get(clicks.find((click) => click.status === 302)!.headers.location!);
    expect(page.body).toContain('The invoice was issued');
  });

  test('a stale edit is refused with what was typed; the newer one stays', async () => {
    const { invoiceId } = await ours((tx) => makeInvoice(tx, { customerId: customer, number: 'STALE-1' }));
    const version = versionIn((await get(`/invoices/${invoiceId}/edit`)).body);
    const form = (price: string): [string, string][] => [
      ['do', 'save'],
      ['version', version],
      ...fields('STALE-1'),
      ...line('Work', price),
    ];
    expect((await post(`/invoices/${invoiceId}/edit`, form('110'))).status).toBe(302);
    const stale = await post(`/invoices/${invoiceId}/edit`, form('120'));
    expect(stale.status).toBe(409);
    expect(stale.body).toContain('Somebody changed this invoice');
    expect(stale.body).toContain('value="120"');
    expect(versionIn(stale.body)).toBe(version);
    const items = await ours((tx) => tx.select().from(invoiceItems).where(eq(invoiceItems.invoiceId, invoiceId)));
    expect(items.map((item) => item.unitCents)).toEqual([11_000]);
  });

  test('a paid invoice can’t be edited, and its page says so', async () => {
    const { invoiceId } = await ours((tx) => makeInvoice(tx, { paidCents: 100 }));
    const page = await get(`/invoices/${invoiceId}/edit`);
    expect(page.body).toContain('Something was paid on this invoice');
    expect(page.body).not.toContain('name="version"');
  });

  test('a draft is issued once and deleted before that', async () => {
    await post(at(), [['do', 'draft'], ...fields('DRAFT-1'), ...line('Work', '10')]);
    await post(at(), [['do', 'draft'], ...fields('DRAFT-2'), ...line('Work', '10')]);
    const [[first], [second]] = [await numbered('DRAFT-1'), await numbered('DRAFT-2')];
    await Promise.all([post(`/invoices/${first!.id}/issue`, []), post(`/invoices/${first!.id}/issue`, [])]);
    expect(await numbered('DRAFT-1')).toMatchObject([{ status: 'open', balanceCents: 1_100 }]);
    await post(`/invoices/${first!.id}/delete`, []);
    expect(await numbered('DRAFT-1')).toHaveLength(1);
    expect((await post(`/invoices/${second!.id}/delete`, [])).headers.location).toBe('/invoices?saved=deleted');
    expect(await numbered('DRAFT-2')).toEqual([]);
  });
});

describe('papers and files', () => {
  test('S2-20: the PDF is a PDF, shown and not kept', async () => {
    const { invoiceId, number } = await ours((tx) => makeInvoice(tx, { customerId: customer }));
    const pdf = await get(`/invoices/${invoiceId}/pdf`);
    expect(pdf.headers['content-type']).toBe('application/pdf');
    expect(pdf.headers['content-disposition']).toBe(`inline; filename="invoice-${number}.pdf"`);
    expect(pdf.headers['cache-control']).toContain('no-store');
    expect(pdf.body.startsWith('%PDF-')).toBe(true);
    const statement = await get(`/customers/${customer}/statement/pdf?from=2026-01-01&to=2026-03-31`);
    expect(statement.body.startsWith('%PDF-')).toBe(true);
    expect((await get(`/customers/${customer}/statement/pdf?from=x&to=y`)).status).toBe(400);
    expect((await get(`/customers/${customer}/statement?from=2026-03-02&to=2026-03-01`)).body).toContain(
      'first day is behind',
    );
  });

  test('the export holds what is filtered, and no formula', async () => {
    await ours((tx) => makeInvoice(tx, { customerId: customer, number: 'CSV-1', summary: '@SUM(A1)' }));
    const csv = await get('/invoices/export?q=CSV-1');
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body.split('\r\n')).toHaveLength(3);
    expect(csv.body).toContain("CSV-1,'=Ann Ames,'@SUM(A1),open,2026-01-01,2026-01-31,");
    const aging = await get('/reports/aging/csv');
    expect(aging.body).toContain("'=Ann Ames,");
    expect(aging.body).toMatch(/\r\nTotal,/);
  });

  test('aging: a figure leads to the invoices behind it; days and units that mean nothing are left aside', async () => {
    const page = await get('/reports/aging?on=2026-02-10&unit=x&sort=never');
    expect(page.status).toBe(200);
    expect(page.body).toContain('Feb 10, 2026');
    const behind = await get(`/reports/aging?customer=${customer}&age=all`);
    expect(behind.body).toContain('CSV-1');
    expect((await get('/reports/aging?on=2999-01-01')).status).toBe(200);
  });
});

describe('emailing an invoice', () => {
  test('S1-03, S1-17: a technician needs the setting; who may only look never', async () => {
    const { invoiceId } = await ours((tx) => makeInvoice(tx));
    const at = `/invoices/${invoiceId}/email`;
    expect([
      (await get(at, 'viewer')).status,
      (await get(at, 'csr')).status,
      (await get(at, 'technician')).status,
    ]).toEqual([403, 200, 403]);
    await ours((tx) => tx.insert(onlinePaymentSettings).values({ emailFromMobile: true }));
    expect((await get(at, 'technician')).status).toBe(200);
    expect(
      (
        await post(
          at,
          [
            ['to', 'other'],
            ['other', 'ann@mail.example'],
          ],
          'technician',
        )
      ).status,
    ).toBe(302);
    expect(
      (
        await post(
          at,
          [
            ['to', 'other'],
            ['other', 'ann@mail.example'],
          ],
          'viewer',
        )
      ).status,
    ).toBe(403);
    const rows = await ours((tx) => tx.select().from(messages).where(eq(messages.invoiceId, invoiceId)));
    expect(rows).toMatchObject([{ kind: 'invoice', address: 'ann@mail.example' }]);
    expect((await get(`/invoices/${invoiceId}`)).body).toContain('Invoice');
  });

  test('S0-06: with no portal the page says what is missing, and sends nothing', async () => {
    const { email } = await withCompany(app.db, other.companyId, (tx) => makeStaff(tx, { role: 'office' }));
    const cookie = await signInCookie(app.origin, email, TEST_PASSWORD);
    const page = await send(`${app.origin}/invoices/${theirs.invoiceId}/email`, { cookie });
    expect(page.body).toContain('The Customer Portal is not set up');
    const answer = await send(`${app.origin}/invoices/${theirs.invoiceId}/email`, {
      cookie,
      form: [
        ['to', 'other'],
        ['other', 'a@mail.example'],
      ],
    });
    expect(answer.status).toBe(409);
    const rows = await withCompany(app.db, other.companyId, (tx) => tx.select().from(messages));
    expect(rows).toEqual([]);
  });

  test('S2-15: an unknown tag is refused in Settings with its name, and the words stay', async () => {
    const at = '/settings/invoicing/invoice-email';
    const bad = await post(
      at,
      [
        ['do', 'save'],
        ['subject', 'Bill'],
        ['body', 'Hi {{ custmer.name }}'],
      ],
      'administrator',
    );
    expect(bad.status).toBe(400);
    expect(bad.body).toContain('Unknown tag custmer.name');
    expect(bad.body).toContain('Hi {{ custmer.name }}');
    const preview = await post(
      at,
      [
        ['do', 'preview'],
        ['subject', 'Bill {{ invoice.number }}'],
        ['body', 'See {CustomerPortalLink}'],
      ],
      'administrator',
    );
    expect(preview.status).toBe(200);
    expect(preview.body).toContain('/invitation');
    const saved = await post(
      at,
      [
        ['do', 'save'],
        ['subject', 'Bill'],
        ['body', 'See {CustomerPortalLink}'],
        ['attachPdf', 'on'],
      ],
      'administrator',
    );
    expect(saved.headers.location).toBe(`${at}?saved=1`);
  });
});
