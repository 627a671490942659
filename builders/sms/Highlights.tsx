import { useMemo } from 'react';

import type { Problem } from '../merge/problem.ts';
import classes from './MessageField.module.css';
import { runsOf, type SmsReading } from './reading.ts';

/** The text once more, unseen but for what is marked in it: addresses, tags, what forces UCS-2, and where parts begin. */
export function Highlights({
  text,
  reading: { draft, foreign },
  parts,
  problems,
}: {
  text: string;
  reading: SmsReading;
  parts: readonly (number | null)[];
  problems: readonly Problem[];
}) {
  const runs = useMemo(
    () => runsOf(text, draft.stretches, foreign, parts, problems),
    [text, draft.stretches, foreign, parts, problems],
  );
  return (
    <div className={classes.layer} aria-hidden>
      {runs.map((run) => (
        <span key={run.start}>
          {run.part !== null && <i className={classes.part} data-part={run.part} />}
          {run.kind === 'text' && !run.foreign && !run.wrong ? (
            run.text
          ) : (
            <mark data-kind={run.kind} data-foreign={run.foreign || undefined} data-wrong={run.wrong || undefined}>
              {run.text}
            </mark>
          )}
        </span>
      ))}
      {/* A last line that is empty has height in a textarea; here a character gives it that. */}
      {'\u200b'}
    </div>
  );
}
