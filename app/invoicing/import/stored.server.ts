import { sql } from 'drizzle-orm';

import { type Db, type Tx, withCompany } from '#db/client.ts';
import { importChunks } from '#db/schema/index.ts';

import type { OpenFile } from './survey.ts';

/** The size of the pieces in which a file is kept. */
export const CHUNK = 256 * 1024;

/** Adds a piece of a file. Each piece is its own short transaction: a slow upload holds no connection. */
export function storeChunk(
  db: Db,
  companyId: number,
  importId: number,
  position: number,
  bytes: Buffer,
): Promise<unknown> {
  return withCompany(db, companyId, (tx) => tx.insert(importChunks).values({ importId, position, bytes }));
}

/** The bytes of a stored file, piece by piece, each read in a transaction of its own. */
export function storedFile(db: Db, companyId: number, importId: number): OpenFile {
  return () => pieces((position) => withCompany(db, companyId, (tx) => readChunk(tx, importId, position)));
}

/** The same within the caller's transaction. */
export function storedFileWithin(tx: Tx, importId: number): OpenFile {
  return () => pieces((position) => readChunk(tx, importId, position));
}

async function* pieces(read: (position: number) => Promise<Buffer | null>): AsyncGenerator<Buffer> {
  for (let position = 0; ; position++) {
    const bytes = await read(position);
    if (!bytes) return;
    yield bytes;
  }
}

async function readChunk(tx: Tx, importId: number, position: number): Promise<Buffer | null> {
  const [row] = await tx
    .select({ bytes: importChunks.bytes })
    .from(importChunks)
    .where(sql`${importChunks.importId} = ${importId} and ${importChunks.position} = ${position}`);
  return row?.bytes ?? null;
}
