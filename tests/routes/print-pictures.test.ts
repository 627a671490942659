import { PDFDocument } from 'pdf-lib';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';

import { can, roles, type Role } from '#app/company/permissions.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db);
const cookies = {} as Record<Role, string>;

beforeAll(async () => {
  for (const role of roles) {
    const { email } = await withCompany(app.db, companyId, (tx) => makeStaff(tx, { role }));
    cookies[role] = await signInCookie(app.origin, email, TEST_PASSWORD);
  }
});

async function upload(bytes: Uint8Array | null, name = 'van.jpg', role: Role = 'marketer') {
  const body = new FormData();
  if (bytes) body.set('picture', new File([new Uint8Array(bytes)], name));
  const headers = { cookie: cookies[role], origin: app.origin };
  const response = await fetch(`${app.origin}/campaigns/print-pictures`, { method: 'POST', body, headers });
  const text = await response.text();
  return { status: response.status, json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : null };
}
const photo = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c8321e' } })
    .jpeg()
    .toBuffer();

test('B-12: a picture is uploaded for print, with warnings, and shows on the screen', async () => {
  const { status, json } = await upload(await photo(2025, 1500));
  expect(status).toBe(200);
  expect(json).toEqual({
    ok: true,
    picture: { token: expect.any(String), name: 'van.jpg', width: 2025, height: 1500 },
    warnings: [expect.stringMatching(/218 dpi at 6x9/), expect.stringMatching(/180 dpi at 6x11/)],
  });
  const { token } = json!.picture as { token: string };
  const shown = await send(`${app.origin}/images/${token}`);
  expect([shown.status, shown.headers['content-type']]).toEqual([200, 'image/jpeg']);
});

test('B-12: a PDF is drawn beside the web process', async () => {
  const file = await PDFDocument.create();
  file.addPage([450, 306]).drawText('Spring check', { x: 40, y: 150 });
  const { json } = await upload(await file.save(), 'card.pdf');
  expect(json).toMatchObject({ ok: true, picture: { name: 'card.pdf', width: 3375, height: 2295 }, warnings: [] });
});

test('B-12: a file that is none, one that is too large and one that is missing are refused in words', async () => {
  const refused = (status: number, error: RegExp) => ({
    status,
    json: { ok: false, error: expect.stringMatching(error) },
  });
  expect(await upload(Buffer.from('hello'), 'van.png')).toEqual(refused(400, /Use a PNG, JPEG or PDF/));
  expect(await upload(await photo(300, 200))).toEqual(refused(400, /300 x 200 pixels/));
  expect(await upload(Buffer.alloc(30 * 1024 * 1024))).toEqual(refused(413, /larger than 25 MB/));
  expect(await upload(null)).toEqual(refused(400, /No picture was sent/));
});

test.each(roles)('B-15: uploading for print asks for the permission: %s', async (role) => {
  expect((await upload(null, '', role)).status).toBe(can(role, 'campaigns.edit') ? 400 : 403);
});

test('the address of uploads leads a reader to the campaigns', async () => {
  const page = await send(`${app.origin}/campaigns/print-pictures`, { cookie: cookies.marketer });
  expect([page.status, page.headers.location]).toEqual([302, '/campaigns']);
});
