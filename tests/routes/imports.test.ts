import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { readImport } from '#app/invoicing/import/imports.server.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { startTestApp, type TestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';
import { FIXTURES } from '#tests/setup/imports.ts';

let app: TestApp;
let company: MadeCompany;
let cookie: string;

beforeAll(async () => {
  app = await startTestApp();
  company = await makeCompany(app.db);
  cookie = await signInCookie(app.origin, company.admin.email, company.admin.password);
});

async function upload(content: Blob | string | null, as = cookie) {
  const form = new FormData();
  if (content !== null) form.append('file', content instanceof Blob ? content : new Blob([content]), 'list.csv');
  const answer = await fetch(`${app.origin}/imports/upload`, {
    method: 'POST',
    body: form,
    headers: { cookie: as, origin: app.origin },
    redirect: 'manual',
  });
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
}

test('B-18: a file sent by script answers with its import, or with the reason in words', async () => {
  const file = await readFile(join(FIXTURES, 'jobber-invoices.csv'));
  const answer = await upload(new Blob([file]));
  expect([answer.status, answer.type]).toEqual([200, 'application/json; charset=utf-8']);
  const { importId } = JSON.parse(answer.body) as { importId: number };
  expect(await withCompany(app.db, company.companyId, (tx) => readImport(tx, importId))).toMatchObject({
    fileName: 'list.csv',
    status: 'mapping',
    rowsTotal: 6,
  });
  const refusals: [Blob | string | null, string][] = [
    [null, 'Choose a CSV file to upload.'],
    ['PK\u0003\u0004 xl/workbook.xml', 'This is an Excel workbook. Save it as CSV and import that.'],
    ['', 'empty'],
  ];
  for (const [content, reason] of refusals) {
    const refused = await upload(content);
    expect(refused.status).toBe(400);
    expect((JSON.parse(refused.body) as { error: string }).error).toContain(reason);
  }
});

test('B-18: what is no upload is refused as such', async () => {
  const plain = await send(`${app.origin}/imports/upload`, { form: { file: 'x' }, cookie });
  expect([plain.status, plain.body]).toEqual([400, '{"error":"Choose a CSV file to upload."}']);
  const broken = await send(`${app.origin}/imports/upload`, {
    form: { file: 'x' },
    cookie,
    headers: { 'content-type': 'multipart/form-data; boundary=none' },
  });
  expect(broken.status).toBe(400);
  expect(JSON.parse(broken.body)).toHaveProperty('error');
  const get = await send(`${app.origin}/imports/upload`, { cookie });
  expect([get.status, get.headers.location]).toEqual([302, '/imports']);
});

test('B-15: uploading asks for the permission and a session', async () => {
  const viewer = await withCompany(app.db, company.companyId, (tx) => makeStaff(tx, { role: 'viewer' }));
  const asViewer = await signInCookie(app.origin, viewer.email, TEST_PASSWORD);
  expect((await upload('Name,Email\nAnn,ann@mail.example\n', asViewer)).status).toBe(403);
  expect((await upload('Name,Email\nAnn,ann@mail.example\n', '')).status).toBe(302);
});
