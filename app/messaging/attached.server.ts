import { sql } from 'drizzle-orm';

import { withCompany, type Db } from '#db/client.ts';
import { messageContents, messages, type MessageAttachment } from '#db/schema/index.ts';

import type { AttachedPdf } from './mime.server.ts';

/** Makes what goes along with a message; null where what it shows is gone. */
export type Attach = (companyId: number, attachment: MessageAttachment) => Promise<AttachedPdf | null>;

/** `missing`: there should be a file, and it can't be made. */
export type Attached = AttachedPdf | 'missing' | null;

/**
 * What goes along with a message, if it is still to be sent. A message is not sent without what its words speak of: while the file
 * can't be made the job is tried again, and with the last try the message counts as failed.
 */
export async function attachedTo(
  db: Db,
  { companyId, messageId }: { companyId: number; messageId: number },
  attach: Attach | undefined,
  last: boolean,
): Promise<Attached> {
  const [row] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ attachment: MessageAttachment }>(sql`
      select c.attachment from ${messageContents} c
        join ${messages} m on m.company_id = c.company_id and m.id = c.message_id
       where m.id = ${messageId} and m.state in ('planned', 'deferred') and c.attachment is not null`),
  );
  if (!row) return null;
  try {
    return (await attach?.(companyId, row.attachment)) ?? 'missing';
  } catch (error) {
    if (last) return 'missing';
    throw error;
  }
}
