import { StatusBadge, type Tone } from '#app/ui/StatusBadge.tsx';

const states: Record<string, { tone: Tone; label: string }> = {
  uploading: { tone: 'sending', label: 'Uploading' },
  mapping: { tone: 'draft', label: 'Not imported yet' },
  checking: { tone: 'sending', label: 'Being checked' },
  queued: { tone: 'sending', label: 'Waiting' },
  running: { tone: 'sending', label: 'Importing' },
  done: { tone: 'paid', label: 'Imported' },
  failed: { tone: 'overdue', label: 'Failed' },
  canceled: { tone: 'draft', label: 'Canceled' },
};

/** Where an import stands. */
export function ImportState({ status }: { status: string }) {
  const state = states[status];
  return state ? <StatusBadge tone={state.tone}>{state.label}</StatusBadge> : null;
}
