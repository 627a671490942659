import { Button } from '@mantine/core';
import { Link } from '@remix-run/react';

import { Figure } from '#app/ui/Figure.tsx';
import { formatCount, formatNoun } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { Section } from '#app/ui/Section.tsx';

import { ProblemTable, type ShownProblem } from './ProblemTable.tsx';
import type { ImportCounts } from './run-state.ts';

/** What became of an import: figures, then each row that stayed out, with the file of them. */
export function ImportResult({
  id,
  counts,
  problems,
}: {
  id: number;
  counts: Partial<ImportCounts>;
  problems: { rows: ShownProblem[]; next: number | null };
}) {
  const left = counts.rowsLeftOut ?? 0;
  const n = (key: keyof ImportCounts) => counts[key] ?? 0;
  const customers = n('customersAdded') + n('customersUpdated') + n('customersUnchanged');
  const invoices = n('invoicesAdded') + n('invoicesUpdated') + n('invoicesUnchanged');
  const credits = n('creditsApplied') + n('creditsUnchanged');
  const nothing =
    n('customersAdded') + n('customersUpdated') + n('invoicesAdded') + n('invoicesUpdated') + n('creditsApplied') === 0;
  return (
    <div style={{ display: 'grid', gap: 16, minWidth: 0 }}>
      <Notice tone="done">
        {nothing ? 'Everything in the file was here already. Nothing changed.' : 'The file is imported.'}
      </Notice>
      <Section>
        <div
          style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(150px, 1fr))', gap: '16px 24px' }}
        >
          {customers > 0 && (
            <Figure label="Customers added" value={formatCount(n('customersAdded'))} note={rest(counts, 'customers')} />
          )}
          {invoices > 0 && (
            <Figure label="Invoices added" value={formatCount(n('invoicesAdded'))} note={rest(counts, 'invoices')} />
          )}
          {credits > 0 && (
            <Figure
              label="Credits set against invoices"
              value={formatCount(n('creditsApplied'))}
              note={n('creditsUnchanged') > 0 ? `${formatCount(n('creditsUnchanged'))} were here already` : undefined}
            />
          )}
          <Figure
            label="Rows left out"
            value={formatCount(left)}
            note={left === 0 ? 'All rows could be read' : 'Listed below'}
          />
        </div>
      </Section>
      {problems.rows.length > 0 && (
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
          <ProblemTable label="Rows with problems" problems={problems.rows} />
        </Section>
      )}
      <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8, flexWrap: 'wrap' }}>
        {problems.next !== null && (
          <Button variant="default" component={Link} to={`?after=${problems.next}`}>
            More problems
          </Button>
        )}
        {invoices > 0 ? (
          <Button component={Link} to="/invoices">
            See invoices
          </Button>
        ) : (
          <Button component={Link} to="/customers">
            See customers
          </Button>
        )}
      </div>
    </div>
  );
}

function rest(counts: Partial<ImportCounts>, noun: 'customers' | 'invoices'): string {
  return `${formatCount(counts[`${noun}Updated`] ?? 0)} updated, ${formatCount(counts[`${noun}Unchanged`] ?? 0)} unchanged`;
}
