import { sql } from 'drizzle-orm';

import { readPortal } from '#app/portal/brand.server.ts';
import { readReturnAddress } from '#app/messaging/providers/choose-mail.server.ts';
import type { Sender } from '#app/messaging/sender.server.ts';
import type { Card } from '#builders/postcard/card.ts';
import type { Picture } from '#builders/postcard/document.ts';
import type { Tx } from '#db/client.ts';

import { layoutCard } from '#builders/postcard/layout.ts';

import { readPrintPicture } from './print-pictures.server.ts';

/** What all postcards of a company have in common. */
export type CardSender = { brand: Card['brand']; returnAddress: string[] };

/** The company as its postcards show it: name, color and logo, and where they come back to. */
export async function loadCardSender(tx: Tx, sender: Sender): Promise<CardSender> {
  const { color, logo } = (await readPortal(tx)).brand;
  const picture = logo && { token: logo.token, width: logo.width, height: logo.height };
  return { brand: { name: sender.companyName, color, logo: picture }, returnAddress: await readReturnAddress(tx) };
}

/** Pictures as print needs them, by token: large ones in full, the logo as it is kept. */
export async function loadPictures(
  tx: Tx,
  pictures: readonly (Picture | null)[],
): Promise<(token: string) => Buffer | undefined> {
  const found = new Map<string, Buffer>();
  for (const picture of pictures) {
    if (!picture || found.has(picture.token)) continue;
    const bytes = (await readPrintPicture(tx, picture.token)) ?? (await readScreenPicture(tx, picture.token));
    if (bytes) found.set(picture.token, bytes);
  }
  return (token) => found.get(token);
}

async function readScreenPicture(tx: Tx, token: string): Promise<Buffer | null> {
  const [row] = await tx.execute<{ bytes: Buffer }>(sql`select bytes from images where token = ${token}`);
  return row?.bytes ?? null;
}

/** Both sides of a card as one PDF, with bleed: what the printer gets, and the address block empty. */
export async function proofOf(tx: Tx, card: Card): Promise<Buffer> {
  const { printProof } = await import('#builders/postcard/print.server.ts'); // large, and for proofs only
  return printProof(layoutCard(card), await loadPictures(tx, [card.brand.logo, card.front.picture]));
}
