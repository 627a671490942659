import { eq, sql } from 'drizzle-orm';

import { type Actor, recordAudit } from '#app/company/audit.server.ts';
import { type Db, withCompany } from '#db/client.ts';
import { imports } from '#db/schema/index.ts';

import { cut } from './cells.ts';
import { EncodingProbe } from './decode.ts';
import { MAX_FILE, SAY_MAX_FILE } from './limits.ts';
import { CHUNK, storeChunk, storedFile } from './stored.server.ts';
import { surveyFile } from './survey.ts';

export type UploadResult = { ok: true; importId: number } | { ok: false; error: string };

/**
 * Takes in a file as it arrives, in pieces, and looks it through. What is no importable CSV file is thrown away and the
 * reason returned in plain words. `bytes` is read to its end in any case, so that the browser gets its answer.
 */
export async function storeUpload(
  db: Db,
  companyId: number,
  actor: Actor,
  fileName: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<UploadResult> {
  const name = cleanName(fileName);
  const importId = await withCompany(db, companyId, async (tx) => {
    // Uploads that broke off a day ago are nobody's any more.
    await tx
      .delete(imports)
      .where(sql`${imports.status} = 'uploading' and ${imports.createdAt} < now() - interval '1 day'`);
    const [row] = await tx
      .insert(imports)
      .values({ fileName: name, status: 'uploading', staffId: actor.staffId })
      .returning({ id: imports.id });
    return row?.id ?? 0;
  });
  const refuse = async (error: string): Promise<UploadResult> => {
    await withCompany(db, companyId, (tx) => tx.delete(imports).where(eq(imports.id, importId)));
    return { ok: false, error };
  };
  try {
    const probe = new EncodingProbe();
    const size = await storePieces(db, companyId, importId, bytes, probe);
    if (size > MAX_FILE)
      return await refuse(
        `The file is larger than ${SAY_MAX_FILE}. Split it and import the parts one after the other.`,
      );
    const known = probe.finish();
    const result = await surveyFile(storedFile(db, companyId, importId), known);
    if (!result.ok) return await refuse(result.reason);
    await withCompany(db, companyId, async (tx) => {
      await tx
        .update(imports)
        .set({ status: 'mapping', bytes: size, recognition: result.survey, rowsTotal: result.survey.rows })
        .where(eq(imports.id, importId));
      await recordAudit(
        tx,
        actor,
        'import.upload',
        { type: 'import', id: importId },
        { fileName: name, rows: result.survey.rows },
      );
    });
    return { ok: true, importId };
  } catch (error) {
    await refuse('').catch(() => {});
    throw error;
  }
}

/** Stores up to the limit; what comes beyond it is read and dropped. Returns the size in bytes. */
async function storePieces(
  db: Db,
  companyId: number,
  importId: number,
  bytes: AsyncIterable<Uint8Array>,
  probe: EncodingProbe,
): Promise<number> {
  let size = 0;
  let position = 0;
  let waiting: Uint8Array[] = [];
  let held = 0;
  const flush = async (atLeast: number) => {
    while (held >= atLeast && held > 0) {
      const all = Buffer.concat(waiting);
      const piece = all.subarray(0, CHUNK);
      waiting = all.length > CHUNK ? [all.subarray(CHUNK)] : [];
      held = all.length - piece.length;
      await storeChunk(db, companyId, importId, position++, piece);
    }
  };
  for await (const part of bytes) {
    size += part.length;
    if (size > MAX_FILE) continue;
    probe.push(part);
    waiting.push(part);
    held += part.length;
    await flush(CHUNK);
  }
  if (size <= MAX_FILE) await flush(1);
  return size;
}

function cleanName(fileName: string): string {
  const base = fileName.split(/[/\\]/).pop() ?? '';
  return cut(base.replace(/[\u0000-\u001f\u007f]/g, '').trim(), 200) || 'file.csv';
}
