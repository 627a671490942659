import type { EditRefusal } from './edit.server.ts';

/** Why an invoice is not changed, and what to do, in words. */
export const editRefusals: Record<EditRefusal, string> = {
  stale:
    'Somebody changed this invoice since you opened it, so nothing was saved. Open it again and make your change there.',
  paid: 'Something was paid on this invoice, or is being paid right now, so its items can’t be changed. Give a credit, or make another invoice.',
  void: 'This invoice is void. Make a new one.',
};

/** What a person did with an invoice just now, as its page says it after the redirect; undefined for anything else. */
export const invoiceDone = (saved: string | null): string | undefined => (saved ? done[saved] : undefined);

const done: Record<string, string> = {
  draft: 'The draft was saved. Nobody owes it until it is issued.',
  issued: 'The invoice was issued. Its amount is owed from now on.',
  edited: 'The invoice was saved.',
  emailed: 'The invoice is on its way by email.',
};
