import { Button } from '@mantine/core';
import { Link } from '@remix-run/react';

import { Section } from '#app/ui/Section.tsx';
import { SimpleTable, type SimpleColumn } from '#app/ui/SimpleTable.tsx';
import { formatNoun } from '#app/ui/format.ts';

import classes from './import.module.css';

type ShownProblem = {
  line: number;
  row: number;
  severity: 'error' | 'warning';
  column: string | null;
  value: string | null;
  reason: string;
};

const columns: SimpleColumn<ShownProblem & { index: number }>[] = [
  {
    key: 'line',
    label: 'Line',
    numeric: true,
    cell: (problem) => (
      <>
        {problem.line}
        {problem.row > 0 && problem.row !== problem.line && (
          <span className={`${classes.problem} ${classes.quiet}`}>row {problem.row}</span>
        )}
      </>
    ),
  },
  {
    key: 'what',
    label: 'What happens',
    cell: (problem) => (problem.severity === 'error' ? 'Left out' : 'Comes in'),
  },
  { key: 'column', label: 'Column', wide: true, cell: (problem) => problem.column ?? '' },
  { key: 'reason', label: 'Why', cell: (problem) => <span className={classes.samples}>{problem.reason}</span> },
];

/** A page of an import's problems. @see listProblems */
export type ProblemPage = { rows: ShownProblem[]; next: number | null };

/**
 * Rows that stay out and remarks on rows that go in, by the line where a person finds them, with the file of those that
 * stay out. Nothing without problems.
 * @param left how many rows stay out
 * @param more the address of the next page but for its id
 */
export function ProblemSection({
  id,
  problems,
  left,
  more,
}: {
  id: number;
  problems: ProblemPage;
  left: number;
  more: string;
}) {
  if (problems.rows.length === 0) return null;
  return (
    <Section
      title="Rows with problems"
      flush
      aside={
        left > 0 && (
          <Button component="a" href={`/imports/${id}/left-out`} variant="default" size="xs">
            Download the {formatNoun(left, 'row')} left out
          </Button>
        )
      }
    >
      <SimpleTable
        label="Rows with problems"
        rows={problems.rows.map((problem, index) => ({ ...problem, index }))}
        rowKey={(problem) => problem.index}
        columns={columns}
      />
      {problems.next !== null && (
        <div className={classes.more}>
          <Button variant="default" size="xs" component={Link} to={`?${more}${problems.next}`}>
            More problems
          </Button>
        </div>
      )}
    </Section>
  );
}
