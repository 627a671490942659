import { withCompany, type Db } from '#db/client.ts';
import type { MessageAttachment } from '#db/schema/index.ts';

import { invoicePdf, type PaperFile, type Papers } from './papers.server.ts';
import { statementPdf } from './statements.server.ts';

/** Makes what goes along with an email when it is sent, so that it says what is so then. */
export const attachPapers =
  ({ db, addresses, secret }: Papers & { db: Db }) =>
  (companyId: number, attachment: MessageAttachment): Promise<PaperFile | null> =>
    withCompany(db, companyId, (tx) => {
      if (attachment.kind === 'invoice') return invoicePdf(tx, { addresses, secret }, attachment.invoiceId);
      return statementPdf(tx, attachment.customerId, attachment);
    });
