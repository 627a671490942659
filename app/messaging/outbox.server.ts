import { eq, sql, type SQL } from 'drizzle-orm';
import PostalMime from 'postal-mime';

import type { Tx } from '#db/client.ts';
import { keyset, type Page } from '#db/keyset.ts';
import { campaigns, messages, outboxEmails } from '#db/schema/index.ts';

import type { messageKindLabels } from './kinds.ts';

export type OutboxRow = {
  id: number;
  at: string;
  recipient: string;
  subject: string;
  kind: string | null;
  customerId: number | null;
  campaign: string | null;
};

/**
 * What the sandbox was handed, the newest first.
 * @param filter.q every word must stand in the recipient or the subject
 * @param filter.staffMail whether invitations of staff are shown: who reads one can become that person
 */
export async function listOutbox(
  tx: Tx,
  filter: { q?: string | null; staffMail: boolean },
  page: { after?: string | null; before?: string | null; limit?: number },
): Promise<Page<OutboxRow>> {
  const keys = keyset([{ value: sql`o.id`, type: 'bigint', descending: true }], {
    after: page.after,
    before: page.before,
    limit: page.limit ?? 50,
  });
  const parts: SQL[] = [keys.where];
  if (!filter.staffMail) parts.push(sql`m.kind is distinct from 'staff_invitation'`);
  const words = (filter.q ?? '').replaceAll('\0', '').split(/\s+/).filter(Boolean).slice(0, 6);
  for (const word of words) {
    const like = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    parts.push(sql`(o.recipient ilike ${like} or o.subject ilike ${like})`);
  }
  const found = await tx.execute<OutboxRow & { cursor: string }>(sql`
    select o.id, o.at, o.recipient, o.subject, m.kind, m.customer_id as "customerId", c.name as campaign,
           ${keys.cursor} as cursor
      from ${outboxEmails} o
      left join ${messages} m on m.company_id = o.company_id and m.id = o.message_id
      left join ${campaigns} c on c.company_id = m.company_id and c.id = m.campaign_id
     where ${sql.join(parts, sql` and `)} order by ${keys.orderBy} limit ${keys.limit}`);
  const { rows, ...rest } = keys.toPage(found);
  return { ...rest, rows: rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() })) };
}

export type OutboxEmail = {
  id: number;
  at: Date;
  sender: string;
  recipient: string;
  subject: string;
  message: {
    id: number;
    kind: keyof typeof messageKindLabels;
    state: string;
    customerId: number | null;
    campaignId: number | null;
  } | null;
  /** As the mail program shows it; null where the message has no such part. */
  html: string | null;
  text: string | null;
  /** In the order in which they stand. */
  headers: { name: string; value: string }[];
  attachments: { name: string; mimeType: string; bytes: number }[];
  source: string;
};

/** One email as its customer got it, read back from the MIME that was sent, or null. */
export async function readOutboxEmail(tx: Tx, id: number): Promise<OutboxEmail | null> {
  const [row] = await tx
    .select({
      email: outboxEmails,
      message: {
        id: messages.id,
        kind: messages.kind,
        state: messages.state,
        customerId: messages.customerId,
        campaignId: messages.campaignId,
      },
    })
    .from(outboxEmails)
    .leftJoin(messages, eq(messages.id, outboxEmails.messageId))
    .where(eq(outboxEmails.id, id));
  if (!row) return null;
  const { mime, ...email } = row.email;
  const parsed = await PostalMime.parse(mime);
  return {
    id: email.id,
    at: email.at,
    sender: email.sender,
    recipient: email.recipient,
    subject: parsed.subject ?? email.subject,
    message: row.message,
    html: parsed.html ?? null,
    text: parsed.text ?? null,
    headers: readHeaders(mime),
    attachments: parsed.attachments.map(({ filename, mimeType, content }) => ({
      name: filename ?? '',
      mimeType,
      bytes: typeof content === 'string' ? content.length : content.byteLength,
    })),
    source: mime,
  };
}

/** The head of a message with its folded lines joined, names as written (RFC 5322, 2.2.3). */
function readHeaders(mime: string): { name: string; value: string }[] {
  const head = mime.split(/\r?\n\r?\n/, 1)[0] ?? '';
  return head
    .replaceAll(/\r?\n(?=[ \t])/g, '')
    .split(/\r?\n/)
    .map((text) => {
      const at = text.indexOf(':');
      return { name: text.slice(0, at), value: text.slice(at + 1).trim() };
    })
    .filter((header) => header.name.length > 0);
}
