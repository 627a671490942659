import { formatInstant } from '#app/ui/format.ts';

import type { TimelineEntry } from './message-timeline.ts';
import classes from './Timeline.module.css';

/** What happened, in its order, each with its time in the company's zone. */
export function Timeline({ entries, timeZone }: { entries: TimelineEntry[]; timeZone: string }) {
  return (
    <ol className={classes.timeline} aria-label="What happened">
      {entries.map((entry, index) => (
        // Two things may happen in one moment, and none ever moves.
        <li key={index} data-tone={entry.tone} data-quiet={entry.quiet || undefined}>
          <div className={classes.line}>
            <span className={classes.title}>{entry.title}</span>
            {entry.at !== null && (
              <time className={classes.time} dateTime={entry.at}>
                {formatInstant(entry.at, timeZone)}
              </time>
            )}
          </div>
          {entry.note && <p className={classes.note}>{entry.note}</p>}
        </li>
      ))}
    </ol>
  );
}
