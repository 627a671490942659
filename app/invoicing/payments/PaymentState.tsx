import { StatusBadge, type Tone } from '#app/ui/StatusBadge.tsx';

type Shown = {
  status: 'open' | 'pending' | 'succeeded' | 'failed' | 'refunded';
  failure: string | null;
  refundedCents: number;
  disputed: boolean;
};

/** Where a payment stands, in a word with its colour. */
export function PaymentState({ payment }: { payment: Shown }) {
  const [tone, words] = stateOf(payment);
  return <StatusBadge tone={tone}>{words}</StatusBadge>;
}

function stateOf({ status, failure, refundedCents, disputed }: Shown): [Tone, string] {
  if (disputed && status !== 'refunded') return ['overdue', 'Disputed'];
  if (status === 'open') return ['draft', 'Not finished'];
  if (status === 'pending') return ['soon', 'On its way'];
  if (status === 'failed') return ended[failure ?? ''] ?? ['overdue', 'Failed'];
  if (status === 'refunded') return ['draft', 'Refunded'];
  return refundedCents > 0 ? ['paid', 'Partly refunded'] : ['paid', 'Received'];
}

/** What ended without anything having gone wrong. */
const ended: Record<string, [Tone, string]> = {
  undone: ['draft', 'Undone'],
  given_up: ['draft', 'Not finished'],
  settled: ['draft', 'Not needed'],
  voided: ['draft', 'Not needed'],
};
