import { IconArrowDown, IconArrowUp, IconSearch } from '@tabler/icons-react';
import { Form, Link, useNavigate, useNavigation, useSearchParams, useSubmit } from '@remix-run/react';
import { useEffect, useRef } from 'react';

import classes from './DataList.module.css';
import { LinkButton } from './LinkButton.tsx';
import { isPlainClick } from './useFollow.ts';

export type Column<Row> = {
  key: string;
  label: string;
  /** Money and counts stand right, in tabular figures. */
  numeric?: boolean;
  /** The value of `sort` in the address; without it the column can't be sorted. */
  sort?: string;
  /** Left out on a phone. */
  wide?: boolean;
  cell: (row: Row) => React.ReactNode;
};

/**
 * The one list pattern: search, filters, sort, keyset paging, a total of what is filtered. All of it stands in the address, so
 * that a list can be shared and works before JavaScript. The whole row opens the record; the first cell holds the real link.
 */
export function DataList<Row>({
  label,
  rows,
  columns,
  rowKey,
  rowHref,
  search,
  filters,
  summary,
  sort,
  next,
  previous,
  empty,
}: {
  /** What the table holds, for screen readers. */
  label: string;
  rows: Row[];
  columns: Column<Row>[];
  rowKey: (row: Row) => string | number;
  rowHref?: (row: Row) => string;
  /** Placeholder of the search box; without it there is none. The term stands in `q`. */
  search?: string;
  filters?: React.ReactNode;
  /** The total of what is filtered. */
  summary?: React.ReactNode;
  /** The current sort, with a leading minus for descending. */
  sort?: string;
  /** Keyset cursors of the neighbouring pages, null at the ends; they stand in `after` and `before`. */
  next?: string | null;
  previous?: string | null;
  /** Shown in place of the table when there is no row. */
  empty: React.ReactNode;
}) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const loading = useNavigation().state === 'loading';
  const at = (changes: Record<string, string | null>) => {
    const to = new URLSearchParams(params);
    for (const name of ['after', 'before']) to.delete(name);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) to.delete(name);
      else to.set(name, value);
    }
    return `?${to.toString()}`;
  };
  const open = (event: React.MouseEvent, row: Row) => {
    const inner = (event.target as HTMLElement).closest('a, button, input, label');
    if (!rowHref || (inner && !inner.hasAttribute('data-record'))) return;
    if (inner) {
      if (!isPlainClick(event)) return;
      event.preventDefault();
      navigate(rowHref(row));
    } else if (event.metaKey || event.ctrlKey || event.button === 1) window.open(rowHref(row), '_blank', 'noopener');
    else if (event.button === 0 && !window.getSelection()?.toString()) navigate(rowHref(row));
  };
  return (
    <div>
      {(search || filters || summary) && (
        <div className={classes.bar}>
          <div className={classes.filters}>
            {search && <Search placeholder={search} />}
            {filters}
          </div>
          {summary && (
            <p className={classes.summary} role="status">
              {summary}
            </p>
          )}
        </div>
      )}
      <div className={classes.card} data-loading={loading || undefined}>
        {rows.length === 0 ? (
          empty
        ) : (
          // Plain elements: a component for each of some hundred cells costs more than the query.
          <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
            <table className={classes.table} aria-label={label}>
              <thead>
                <tr>
                  {columns.map((column) => (
                    <th
                      key={column.key}
                      scope="col"
                      data-numeric={column.numeric || undefined}
                      data-wide={column.wide || undefined}
                      aria-sort={ariaSort(column.sort, sort)}
                    >
                      {column.sort ? (
                        <Link to={at({ sort: nextSort(column, sort) })} className={classes.sort} preventScrollReset>
                          {column.label}
                          {sort === column.sort && <IconArrowUp size={14} aria-hidden />}
                          {sort === `-${column.sort}` && <IconArrowDown size={14} aria-hidden />}
                        </Link>
                      ) : (
                        column.label
                      )}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr
                    key={rowKey(row)}
                    data-opens={rowHref ? true : undefined}
                    onClick={(event) => open(event, row)}
                    onAuxClick={(event) => open(event, row)}
                  >
                    {columns.map((column, index) => (
                      <td
                        key={column.key}
                        data-numeric={column.numeric || undefined}
                        data-wide={column.wide || undefined}
                      >
                        {index === 0 && rowHref ? (
                          <a href={rowHref(row)} className={classes.name} data-record>
                            {column.cell(row)}
                          </a>
                        ) : (
                          column.cell(row)
                        )}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      {(next || previous) && (
        <nav className={classes.pages} aria-label="Pages">
          <PageLink to={previous ? at({ before: previous }) : null}>Previous</PageLink>
          <PageLink to={next ? at({ after: next }) : null}>Next</PageLink>
        </nav>
      )}
    </div>
  );
}

function PageLink({ to, children }: { to: string | null; children: string }) {
  if (to) return <LinkButton to={to}>{children}</LinkButton>;
  return (
    <button type="button" className={classes.end} disabled>
      {children}
    </button>
  );
}

/** Searches while typing, and on Enter before JavaScript. Every other choice in the address is kept. */
function Search({ placeholder }: { placeholder: string }) {
  const [params] = useSearchParams();
  const submit = useSubmit();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const term = params.get('q') ?? '';
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = term;
  }, [term]);
  const kept = [...params].filter(([name]) => !['q', 'after', 'before'].includes(name));
  return (
    <Form
      method="get"
      role="search"
      onChange={(event) => {
        const form = event.currentTarget;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => submit(form, { replace: true, preventScrollReset: true }), 250);
      }}
    >
      {kept.map(([name, value]) => (
        <input key={`${name}=${value}`} type="hidden" name={name} value={value} />
      ))}
      <div className={classes.search}>
        <IconSearch size={16} aria-hidden />
        <input
          ref={input}
          type="search"
          name="q"
          defaultValue={term}
          placeholder={placeholder}
          aria-label={placeholder}
        />
      </div>
    </Form>
  );
}

function nextSort<Row>(column: Column<Row>, sort: string | undefined): string {
  const first = column.numeric ? `-${column.sort}` : column.sort!;
  const second = column.numeric ? column.sort! : `-${column.sort}`;
  return sort === first ? second : first;
}

function ariaSort(column: string | undefined, sort: string | undefined): 'ascending' | 'descending' | undefined {
  if (!column || !sort) return undefined;
  if (sort === column) return 'ascending';
  return sort === `-${column}` ? 'descending' : undefined;
}
