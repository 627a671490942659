import { beforeAll, describe, expect, test } from 'vitest';

import { invitationToken } from '#app/company/invitations.server.ts';
import { can, roles, type Permission, type Role } from '#app/company/permissions.ts';
import { listStaff } from '#app/company/staff.server.ts';
import { messages, outboxEmails } from '#db/schema/index.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { makeContact, makeCustomer, makeJob } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp, type TestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

let app: TestApp;
let company: MadeCompany;
const cookies = {} as Record<Role, string>;
type Ids = {
  customer: number;
  contact: number;
  invoice: number;
  job: number;
  email: number;
  staffMail: number;
  staff: number;
};
let ours: Ids;
let theirs: Ids;

async function fill(companyId: number): Promise<Ids> {
  return withCompany(app.db, companyId, async (tx) => {
    const { customerId, emailContactId } = await makeCustomer(tx, { name: `Ann <b>of ${companyId}` });
    await makeContact(tx, { customerId, kind: 'mobile', value: '+18505550101' });
    const job = await makeJob(tx, { customerId });
    const { invoiceId } = await makeInvoice(tx, { customerId, jobId: job, number: `INV-${companyId}` });
    const keep = async (kind: 'test' | 'staff_invitation') => {
      const [message] = await tx
        .insert(messages)
        .values({ kind, address: 'c@mail.example' })
        .returning({ id: messages.id });
      const mime =
        'From: a@larks.example\r\nTo: c@mail.example\r\nSubject: Hello\r\nContent-Type: text/html\r\n\r\n' +
        '<html><head><title>x</title></head><body><a href="https://pay.example/">Pay</a><script>alert(1)</script></body></html>';
      const [row] = await tx
        .insert(outboxEmails)
        .values({
          messageId: message!.id,
          sender: 'a@larks.example',
          recipient: 'c@mail.example',
          subject: 'Hello',
          mime,
        })
        .returning({ id: outboxEmails.id });
      return row!.id;
    };
    const { staffId } = await makeStaff(tx, { role: 'viewer' });
    return {
      customer: customerId,
      contact: emailContactId!,
      invoice: invoiceId,
      job,
      email: await keep('test'),
      staffMail: await keep('staff_invitation'),
      staff: staffId,
    };
  });
}

beforeAll(async () => {
  app = await startTestApp();
  company = await makeCompany(app.db);
  const other = await makeCompany(app.db);
  ours = await fill(company.companyId);
  theirs = await fill(other.companyId);
  for (const role of roles) {
    const { email } = await withCompany(app.db, company.companyId, (tx) => makeStaff(tx, { role }));
    cookies[role] = await signInCookie(app.origin, email, TEST_PASSWORD);
  }
});

const get = (path: string, role: Role = 'administrator') => send(app.origin + path, { cookie: cookies[role] });
const post = (path: string, form: Record<string, string> = {}, role: Role = 'administrator') =>
  send(app.origin + path, { form, cookie: cookies[role] });

describe('B-15: each page and each change asks for its permission', () => {
  const pages = (at: Ids): [string, Permission][] => [
    ['/', 'customers.read'],
    ['/customers', 'customers.read'],
    ['/customers/new', 'customers.edit'],
    [`/customers/${at.customer}`, 'customers.read'],
    [`/customers/${at.customer}/jobs`, 'customers.read'],
    [`/customers/${at.customer}/invoices`, 'invoices.read'],
    [`/customers/${at.customer}/messages`, 'customers.read'],
    [`/customers/${at.customer}/edit`, 'customers.edit'],
    [`/customers/${at.customer}/contacts/new`, 'customers.edit'],
    [`/customers/${at.customer}/contacts/${at.contact}`, 'customers.edit'],
    ['/invoices', 'invoices.read'],
    [`/invoices/${at.invoice}`, 'invoices.read'],
    [`/invoices/${at.invoice}/sms-invoice`, 'invoices.sms_link'],
    ['/jobs', 'customers.read'],
    [`/jobs/${at.job}`, 'customers.read'],
    ['/outbox', 'outbox.read'],
    [`/outbox/${at.email}`, 'outbox.read'],
    [`/outbox/${at.email}/source`, 'outbox.read'],
    [`/outbox/${at.email}/html`, 'outbox.read'],
    ['/settings', 'settings.read'],
    ['/settings/company', 'settings.read'],
    ['/settings/sending', 'settings.read'],
    ['/settings/invoicing/online-payments', 'settings.read'],
    ['/settings/people', 'staff.manage'],
    ['/settings/audit-log', 'audit.read'],
  ];
  const changes = (at: Ids): [string, Permission][] => [
    ['/customers/new', 'customers.edit'],
    [`/customers/${at.customer}/edit`, 'customers.edit'],
    [`/customers/${at.customer}/do-not-contact`, 'customers.edit'],
    [`/customers/${at.customer}/contacts/new`, 'customers.edit'],
    [`/customers/${at.customer}/contacts/${at.contact}`, 'customers.edit'],
    [`/customers/${at.customer}/contacts/${at.contact}/delete`, 'customers.edit'],
    [`/customers/${at.customer}/contacts/${at.contact}/invite`, 'customers.edit'],
    [`/invoices/${at.invoice}`, 'invoices.edit'],
    [`/invoices/${at.invoice}/sms-invoice`, 'invoices.sms_link'],
    ['/settings/invoicing/online-payments', 'settings.edit'],
    ['/settings/company', 'settings.edit'],
    ['/settings/sending', 'settings.edit'],
    ['/settings/people', 'staff.manage'],
    [`/settings/people/${at.staff}/role`, 'staff.manage'],
    [`/settings/people/${at.staff}/sms-link`, 'staff.manage'],
    [`/settings/people/${at.staff}/remove`, 'staff.manage'],
    [`/settings/people/${at.staff}/invite`, 'staff.manage'],
  ];

  test.each(roles)('%s', async (role) => {
    for (const [path, permission] of pages(ours)) {
      const { status } = await get(path, role);
      const expected = can(role, permission) ? (path === '/' && !can(role, 'campaigns.read') ? 302 : 200) : 403;
      expect(status, `${role} GET ${path}`).toBe(expected);
    }
    for (const [path, permission] of changes(ours)) {
      if (can(role, permission)) continue;
      expect((await post(path, {}, role)).status, `${role} POST ${path}`).toBe(403);
    }
    // The test email has a permission of its own.
    const test = await post('/settings/sending', { intent: 'test', to: '' }, role);
    expect(test.status, role).toBe(can(role, 'messages.test') ? 400 : 403);
  });

  test('signed out, each page leads to the sign-in and back, and a change leads there without doing anything', async () => {
    for (const [path] of pages(ours)) {
      const answer = await send(app.origin + path);
      expect([answer.status, answer.headers.location], path).toEqual([302, `/sign-in?to=${encodeURIComponent(path)}`]);
    }
    for (const [path] of changes(ours)) {
      const answer = await send(app.origin + path, { form: { on: 'true' } });
      expect([answer.status, answer.headers.location], path).toEqual([302, '/sign-in']);
    }
  });

  test('another company’s ids, and what is no id at all, are not found', async () => {
    const mixed = { ...theirs, customer: ours.customer };
    const paths = [...pages(theirs), ...pages(mixed)].map(([path]) => path).filter((path) => /\d/.test(path));
    const ownPaths = new Set(pages(ours).map(([path]) => path));
    for (const path of paths.filter((one) => !ownPaths.has(one))) expect((await get(path)).status, path).toBe(404);
    for (const [path] of changes(theirs).filter(([one]) => /\d/.test(one))) {
      const form = {
        kind: 'email',
        value: 'x@mail.example',
        firstName: 'A',
        role: 'office',
        disputed: 'true',
        smsLink: 'true',
      };
      expect((await post(path, form)).status, path).toBe(404);
    }
    for (const id of ['0', '-1', '1.5', 'abc', '99999999999999999999', '1%20or%201']) {
      for (const place of ['customers', 'invoices', 'jobs', 'outbox']) {
        expect((await get(`/${place}/${id}`)).status, `${place} ${id}`).toBe(404);
      }
    }
    expect((await get(`/outbox/${ours.email}/nonsense`)).status).toBe(404);
  });

  test('an invitation of staff is hidden from who does not manage staff', async () => {
    for (const path of [
      `/outbox/${ours.staffMail}`,
      `/outbox/${ours.staffMail}/text`,
      `/outbox/${ours.staffMail}/html`,
    ]) {
      expect((await get(path, 'office')).status, path).toBe(404);
      expect((await get(path, 'administrator')).status, path).toBe(200);
    }
  });
});

describe('bad input', () => {
  test('a refused customer says why at the field and keeps what was typed', async () => {
    const typed = { firstName: '', lastName: '', notes: 'Gate <b>4711', email: 'maria@', mobile: '12' };
    const { status, body } = await post('/customers/new', typed);
    expect(status).toBe(400);
    for (const text of [
      'Enter a first or a last name',
      'Enter an email address such as',
      'Enter a phone number such as',
    ]) {
      expect(body).toContain(text);
    }
    expect(body).toContain('value="maria@"');
    expect(body).toContain('Gate &lt;b&gt;4711');
    expect(body).toContain('href="#email"');
  });

  test('a contact that is there already is refused in words', async () => {
    const [customer, contact] = [ours.customer, await get(`/customers/${ours.customer}`)];
    expect(contact.body).toContain('(850) 555-0101');
    const { status, body } = await post(`/customers/${customer}/contacts/new`, {
      kind: 'mobile',
      value: '850-555-0101',
      memo: 'Ann',
    });
    expect(status).toBe(400);
    expect(body).toContain('+18505550101 is on this customer’s record already');
    expect(body).toContain('value="850-555-0101"');
  });

  test('B-01: a promised day that has passed is refused and stays typed', async () => {
    const { status, body } = await post(`/invoices/${ours.invoice}`, { promisedFor: '2020-01-01' });
    expect(status).toBe(400);
    expect(body).toContain('This day has passed.');
    expect(body).toContain('value="2020-01-01"');
  });

  test('a secret key that was typed is never sent back', async () => {
    const form = {
      intent: 'save',
      provider: 'ses',
      region: 'nowhere',
      accessKeyId: 'x',
      secretAccessKey: 'S3cret/typed+0123456789',
    };
    const { status, body } = await post('/settings/sending', form);
    expect(status).toBe(400);
    expect(body).toContain('value="nowhere"');
    expect(body).not.toContain('S3cret/typed');
  });

  test('B-08: too many tests of the provider are refused at the field, and the address stays', async () => {
    const send = () => post('/settings/sending', { intent: 'test', to: 'ann.typed@larks.example' }, 'marketer');
    for (let n = 0; n < 10; n++) expect((await send()).status).toBe(302);
    const { status, body } = await send();
    expect(status).toBe(400);
    expect(body).toContain('Too many tests at once. Send the next one in 10 minutes.');
    expect(body).toContain('value="ann.typed@larks.example"');
  });

  test('the last administrator stays, in words', async () => {
    const { headers } = await post(`/settings/people/${ours.staff}/role`, { role: 'king' });
    expect(headers.location).toBe('/settings/people?problem=unknown_role');
    const { body } = await get('/settings/people?problem=last_administrator');
    expect(body).toContain('This is the last administrator.');
    // What stands in the address is never shown as it is.
    expect((await get('/settings/people?problem=pay%20here')).body).not.toContain('pay here');
  });

  test('names with HTML in them are text on every page', async () => {
    for (const path of ['/customers', `/customers/${ours.customer}`, '/invoices', `/invoices/${ours.invoice}`]) {
      const { body } = await get(path);
      expect(body, path).toContain('Ann &lt;b&gt;of');
      expect(body, path).not.toMatch(/Ann <b>of/);
    }
  });

  test('filters, sorts and cursors that mean nothing show the whole list', async () => {
    for (const query of [
      '?sort=drop&after=xxx&before=%C3',
      '?age=__proto__&flag=constructor&unit=x',
      '?q=%25%5C_&status=%27',
    ]) {
      expect((await get(`/invoices${query}`)).status, query).toBe(200);
      expect((await get(`/customers${query}`)).status, query).toBe(200);
    }
  });
});

test('the HTML of an email stands under a policy of its own: no script, links in new tabs', async () => {
  const { headers, body } = await get(`/outbox/${ours.email}/html`);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).toContain('sandbox allow-popups');
  expect(headers['content-security-policy']).not.toMatch(/sandbox[^;,]*allow-(scripts|same-origin|forms)/);
  expect(body).toContain('<head><base target="_blank">');
});

test('B-15: a person is invited, chooses a password through the link, and works with their role', async () => {
  const added = await post('/settings/people', { name: 'Nora Quist', email: 'nora@larks.example', role: 'office' });
  expect(added.headers.location).toBe('/settings/people?saved=invited');
  const doubled = await post('/settings/people', { name: 'Nora', email: 'NORA@larks.example', role: 'viewer' });
  expect(doubled.status).toBe(400);
  expect(doubled.body).toContain('This person is on the staff already');
  const nora = (await withCompany(app.db, company.companyId, (tx) => listStaff(tx))).find(
    (one) => one.email === 'nora@larks.example',
  );
  expect((await get('/settings/people')).body).toMatch(/Invited</);
  const link = `/join/${invitationToken(app.secret, { companyId: company.companyId, staffId: nora!.id })}`;
  const shown = (await send(app.origin + link)).body;
  expect([shown.includes('nora@larks.example'), shown.includes(company.name)]).toEqual([true, true]);
  expect((await send(`${app.origin}${link}x`)).status).toBe(410);
  const short = await send(app.origin + link, { form: { password: 'short' } });
  expect([short.status, short.body.includes('Use at least 10 characters')]).toEqual([400, true]);
  const done = await send(app.origin + link, { form: { password: 'seven calm otters swim' } });
  expect([done.status, done.headers.location]).toEqual([302, '/']);
  const cookie = done.cookies.join('; ');
  expect((await send(`${app.origin}/customers/new`, { cookie })).status).toBe(200);
  expect((await send(`${app.origin}/settings/people`, { cookie })).status).toBe(403);
  expect((await send(app.origin + link, { form: { password: 'another good phrase' } })).status).toBe(410);
});

test('a person of two companies switches between them; to a third they can’t', async () => {
  const [one, two, third] = [await makeCompany(app.db), await makeCompany(app.db), await makeCompany(app.db)];
  const { staff } = await import('#db/schema/index.ts');
  const [member] = await withCompany(app.db, two.companyId, (tx) =>
    tx.insert(staff).values({ personId: one.admin.personId, role: 'viewer' }).returning(),
  );
  const invited = await signInCookie(app.origin, one.admin.email, TEST_PASSWORD);
  const early = { cookie: invited, form: { companyId: String(two.companyId) } };
  expect((await send(`${app.origin}/sign-in/company`, early)).status).toBe(404);
  const token = invitationToken(app.secret, { companyId: two.companyId, staffId: member!.id });
  expect((await send(`${app.origin}/join/${token}`, { form: { password: TEST_PASSWORD } })).status).toBe(302);
  const cookie = await signInCookie(app.origin, one.admin.email, TEST_PASSWORD);
  const to = (companyId: number) =>
    send(`${app.origin}/sign-in/company`, { cookie, form: { companyId: String(companyId) } });
  expect((await to(third.companyId)).status).toBe(404);
  expect((await to(two.companyId)).headers.location).toBe('/');
  expect((await send(`${app.origin}/customers/new`, { cookie })).status).toBe(403);
  expect((await to(one.companyId)).headers.location).toBe('/');
  expect((await send(`${app.origin}/customers/new`, { cookie })).status).toBe(200);
});
