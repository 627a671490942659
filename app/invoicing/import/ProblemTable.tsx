import { SimpleTable, type SimpleColumn } from '#app/ui/SimpleTable.tsx';

import classes from './import.module.css';

export type ShownProblem = {
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

/** Rows that stay out and remarks on rows that go in, by the line where a person finds them. */
export function ProblemTable({ label, problems }: { label: string; problems: ShownProblem[] }) {
  return (
    <SimpleTable
      label={label}
      rows={problems.map((problem, index) => ({ ...problem, index }))}
      rowKey={(problem) => problem.index}
      columns={columns}
    />
  );
}
