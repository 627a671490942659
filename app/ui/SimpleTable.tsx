import classes from './SimpleTable.module.css';

export type SimpleColumn<Row> = {
  key: string;
  label: string;
  numeric?: boolean;
  /** Left out on a phone. */
  wide?: boolean;
  cell: (row: Row) => React.ReactNode;
};

/** A short table inside a record: no search, no sort, no pages. @param foot one cell a column, for sums */
export function SimpleTable<Row>({
  label,
  rows,
  columns,
  rowKey,
  foot,
}: {
  label: string;
  rows: readonly Row[];
  columns: SimpleColumn<Row>[];
  rowKey: (row: Row) => string | number;
  foot?: { label: string; value: React.ReactNode; strong?: boolean }[];
}) {
  const marks = (column: SimpleColumn<Row>) => ({
    'data-numeric': column.numeric || undefined,
    'data-wide': column.wide || undefined,
  });
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" {...marks(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.key} {...marks(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot && (
          <tfoot>
            {foot.map((line) => (
              <tr key={line.label} data-strong={line.strong || undefined}>
                {/* What is wide is hidden on a phone: the sum's name then spans what is left. */}
                {columns.slice(0, -2).map((column) => (
                  <td key={column.key} {...marks(column)} />
                ))}
                <th scope="row" data-numeric>
                  {line.label}
                </th>
                <td data-numeric>{line.value}</td>
              </tr>
            ))}
          </tfoot>
        )}
      </table>
    </div>
  );
}
