import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { daysBetween, formatAge } from '#app/ui/format.ts';

const TONES = { paid: 'paid', draft: 'draft', void: 'draft' } as const;
const WORDS = { paid: 'Paid', draft: 'Draft', void: 'Void' } as const;

/** Where an invoice stands: paid, or how long it is overdue. @param today the company's calendar date */
export function InvoiceState({
  status,
  dueOn,
  today,
}: {
  status: 'draft' | 'open' | 'paid' | 'void';
  dueOn: string;
  today: string;
}) {
  if (status !== 'open') return <StatusBadge tone={TONES[status]}>{WORDS[status]}</StatusBadge>;
  const days = daysBetween(dueOn, today);
  const words = formatAge(dueOn, today);
  return (
    <StatusBadge tone={days > 0 ? 'overdue' : days >= -7 ? 'soon' : 'draft'}>
      {words[0]!.toUpperCase() + words.slice(1)}
    </StatusBadge>
  );
}

/** What stops reminders of an invoice, in words; empty where nothing does (B-01). */
export function reminderStops(invoice: {
  doNotRemind: boolean;
  disputed: boolean;
  promisedFor: string | null;
}): string[] {
  return [
    ...(invoice.disputed ? ['Disputed'] : []),
    ...(invoice.promisedFor ? ['Promised'] : []),
    ...(invoice.doNotRemind ? ['Do not remind'] : []),
  ];
}
