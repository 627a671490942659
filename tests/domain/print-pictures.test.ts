import sharp from 'sharp';
import { expect, test } from 'vitest';

import { encodePrintPicture, type PrintPicture } from '#app/campaigns/print-encode.server.ts';
import { keepPrintPicture, listPrintPictures, readPrintPicture } from '#app/campaigns/print-pictures.server.ts';
import { readImage } from '#app/company/images.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { images } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

async function begin() {
  const { companyId } = await makeCompany(db);
  return { within: <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work) };
}

async function picture(background: string, name = 'van.jpg'): Promise<PrintPicture> {
  const bytes = await sharp({ create: { width: 1900, height: 1300, channels: 3, background } })
    .jpeg()
    .toBuffer();
  const made = await encodePrintPicture({ name, bytes });
  if (!made.ok) throw new Error(made.error);
  return made.picture;
}

test('B-12: a picture is kept for print, a small one shows it under the same address, the newest are listed first', async () => {
  const { within } = await begin();
  const first = await within(async (tx) => keepPrintPicture(tx, await picture('#c8321e')));
  const second = await within(async (tx) => keepPrintPicture(tx, await picture('#1e32c8', 'roof.jpg')));
  expect(await within((tx) => listPrintPictures(tx))).toEqual([
    { token: second.token, name: 'roof.jpg', width: 1900, height: 1300 },
    { token: first.token, name: 'van.jpg', width: 1900, height: 1300 },
  ]);
  expect(await within((tx) => listPrintPictures(tx, 1))).toEqual([second]);
  const bytes = await within((tx) => readPrintPicture(tx, first.token));
  expect(await sharp(bytes!).metadata()).toMatchObject({ width: 1900, height: 1300 });
  const small = await readImage(db, first.token);
  expect(small?.mimeType).toBe('image/jpeg');
  expect(await sharp(small!.bytes).metadata()).toMatchObject({ width: 1200 });
});

test('B-12: the same picture uploaded twice is one, also under another name; another one is another', async () => {
  const { within } = await begin();
  const keep = (made: PrintPicture) => within((tx) => keepPrintPicture(tx, made));
  const first = await keep(await picture('#c8321e'));
  expect(await keep(await picture('#c8321e', 'copy of van.jpg'))).toEqual(first);
  expect((await keep(await picture('#20c81e'))).token).not.toBe(first.token);
  expect(await within((tx) => listPrintPictures(tx))).toHaveLength(2);
  expect(await within((tx) => tx.select({ id: images.id }).from(images))).toHaveLength(2);
});

test('B-12: another company’s picture can’t be printed, listed or found to be the same', async () => {
  const [ours, theirs] = [await begin(), await begin()];
  const made = await picture('#c8321e');
  const { token } = await theirs.within((tx) => keepPrintPicture(tx, made));
  expect(await ours.within((tx) => readPrintPicture(tx, token))).toBeNull();
  expect(await ours.within((tx) => listPrintPictures(tx))).toEqual([]);
  expect((await ours.within((tx) => keepPrintPicture(tx, made))).token).not.toBe(token);
  expect(await ours.within((tx) => readPrintPicture(tx, 'nothing'))).toBeNull();
});
