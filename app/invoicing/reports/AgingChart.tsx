import { Link } from '@remix-run/react';

import { Section } from '#app/ui/Section.tsx';
import { formatDate, formatDollars, formatShare } from '#app/ui/format.ts';

import type { Aged } from './aging-report.server.ts';
import { ages, type AgeKey } from './aging.ts';
import classes from './AgingChart.module.css';

const HEIGHT = 120;
const WIDE = 100;

/** What is owed by age, as columns with their figures below: the row of figures is the table behind the picture. */
export function AgingChart({ aged, on, linkOf }: { aged: Aged; on: string; linkOf: (age: AgeKey) => string }) {
  const largest = Math.max(1, ...ages.map((age) => aged[age.key]));
  const all = ages.reduce((sum, age) => sum + aged[age.key], 0);
  return (
    <Section title={`Owed by days past due on ${formatDate(on)}, US dollars`}>
      <figure className={classes.figure}>
        <svg
          viewBox={`0 0 ${ages.length * WIDE} ${HEIGHT}`}
          preserveAspectRatio="none"
          className={classes.chart}
          aria-hidden
          focusable="false"
        >
          {ages.map((age, index) => {
            const height = aged[age.key] <= 0 ? 0 : Math.max(2, (aged[age.key] / largest) * (HEIGHT - 4));
            return (
              <rect
                key={age.key}
                x={index * WIDE + 8}
                width={WIDE - 16}
                y={HEIGHT - height}
                height={height}
                className={classes.bar}
                data-age={age.key}
              />
            );
          })}
        </svg>
        <table className={classes.table}>
          <caption className="visually-hidden">Owed by days past due, US dollars</caption>
          <thead>
            <tr>
              {ages.map((age) => (
                <th key={age.key} scope="col">
                  {age.short}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              {ages.map((age) => (
                <td key={age.key}>
                  <Link to={linkOf(age.key)}>
                    {formatDollars(aged[age.key])}
                    <span className="visually-hidden">, {age.label}: see the invoices</span>
                  </Link>
                  <span className={classes.share}>{formatShare(aged[age.key], all)}</span>
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </figure>
    </Section>
  );
}
