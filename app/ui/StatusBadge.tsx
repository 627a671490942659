import classes from './StatusBadge.module.css';

export type Tone = 'paid' | 'soon' | 'overdue' | 'sending' | 'draft';

/** A state: a dot in its colour and always a word. */
export function StatusBadge({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      {children}
    </span>
  );
}
