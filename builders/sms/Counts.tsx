import { refusalWords } from './compose.ts';
import type { Estimated } from './estimate.ts';
import type { SmsReading, SmsSample } from './reading.ts';
import classes from './SmsComposer.module.css';
import { costWords, countWords, partWords, unitWords } from './words.ts';

/**
 * The count under the field, of the text as it is sent: `142 of 160 · 1 part · GSM-7` for the typical recipient, then the longest
 * and the shortest in words, and what it costs.
 */
export function Counts({
  reading: { count, estimate, foreign, draft },
  samples,
  free,
}: {
  reading: SmsReading;
  samples: readonly SmsSample[];
  free: boolean;
}) {
  const name = ({ sample }: Estimated) => samples[sample]?.name ?? '';
  const typed = new Set(foreign.map(({ char }) => char));
  const words = (one: Estimated) => {
    if (one.composed.refusal === 'too_long') return 'too long to be sent';
    if (one.composed.refusal === 'empty') return 'nothing to send';
    const { offenders, parts } = one.composed.count;
    // What the typed text holds is listed below; here is what only this recipient's details bring in.
    const own = offenders.find(({ char }) => !typed.has(char));
    return `${partWords(parts)} (${unitWords(one.composed.count)}${own ? `, UCS-2 because of “${own.char}”` : ''})`;
  };
  return (
    <div className={classes.counts}>
      <p className={classes.strip}>
        <strong className={classes.figures}>{countWords(count)}</strong>
        {estimate && !free && <span className={classes.cost}>{costWords(estimate.typical.price)}</span>}
      </p>
      <p className={classes.ends} data-several={samples.length > 1 || undefined}>
        {estimate === null && count.units > 0 && <span>As typed: a tag in it cannot be read yet.</span>}
        {estimate && <span>As sent to {name(estimate.typical)}, with short links.</span>}
        {estimate && samples.length > 1 && (
          <>
            <span>
              Longest: {name(estimate.worst)}, {words(estimate.worst)}.
            </span>
            <span>
              Shortest: {name(estimate.best)}, {words(estimate.best)}.
            </span>
          </>
        )}
        {estimate?.refusal && draft.problems.length === 0 && (
          <span className={classes.refused}>
            {estimate.refused} of {samples.length} would not get it. {refusalWords[estimate.refusal]}
          </span>
        )}
      </p>
    </div>
  );
}
