import { formatDate, formatDollars } from '#app/ui/format.ts';

import classes from './DollarsByDay.module.css';

type Day = { day: string; directCents: number; influencedCents: number };

/** A small column for each day, with its numbers in a table behind it. @param days the oldest first */
export function DollarsByDay({ title, days }: { title: string; days: Day[] }) {
  const largest = Math.max(1, ...days.map((day) => day.directCents + day.influencedCents));
  const height = 48;
  const scale = (cents: number) => (cents === 0 ? 0 : Math.max(2, (cents / largest) * height));
  const filled = days.filter((day) => day.directCents + day.influencedCents > 0);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        {title}, US dollars · highest {formatDollars(largest === 1 ? 0 : largest)}
      </figcaption>
      <svg
        viewBox={`0 0 ${days.length * 8} ${height}`}
        preserveAspectRatio="none"
        className={classes.chart}
        aria-hidden
        focusable="false"
      >
        {days.map((day, index) => {
          const direct = scale(day.directCents);
          const all = scale(day.directCents + day.influencedCents);
          return (
            <g key={day.day}>
              <rect x={index * 8 + 1} width={6} y={height - all} height={all} className={classes.influenced} />
              <rect x={index * 8 + 1} width={6} y={height - direct} height={direct} className={classes.direct} />
            </g>
          );
        })}
      </svg>
      <div className={classes.axis} aria-hidden>
        <span>{days[0] && formatDate(days[0].day).replace(/, \d+$/, '')}</span>
        <span>{days.at(-1) && formatDate(days.at(-1)!.day).replace(/, \d+$/, '')}</span>
      </div>
      <details className={classes.details}>
        <summary>Numbers by day</summary>
        {filled.length === 0 ? (
          <p>Nothing came in on these days.</p>
        ) : (
          <table>
            <caption className="visually-hidden">{title}, US dollars</caption>
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col">Direct</th>
                <th scope="col">Influenced</th>
              </tr>
            </thead>
            <tbody>
              {filled.toReversed().map((day) => (
                <tr key={day.day}>
                  <th scope="row">{formatDate(day.day)}</th>
                  <td>{formatDollars(day.directCents)}</td>
                  <td>{formatDollars(day.influencedCents)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </details>
    </figure>
  );
}
