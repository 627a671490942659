import { Button } from '@mantine/core';
import { Link } from '@remix-run/react';

import { Figure } from '#app/ui/Figure.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { Section } from '#app/ui/Section.tsx';
import { formatCount } from '#app/ui/format.ts';

import classes from './import.module.css';
import { type ProblemPage, ProblemSection } from './ProblemTable.tsx';
import type { ImportCounts } from './run-state.ts';

/** What became of an import: figures, then each row that stayed out, with the file of them. */
export function ImportResult({
  id,
  counts,
  problems,
}: {
  id: number;
  counts: Partial<ImportCounts>;
  problems: ProblemPage;
}) {
  const left = counts.rowsLeftOut ?? 0;
  const n = (key: keyof ImportCounts) => counts[key] ?? 0;
  const customers = n('customersAdded') + n('customersUpdated') + n('customersUnchanged');
  const invoices = n('invoicesAdded') + n('invoicesUpdated') + n('invoicesUnchanged');
  const credits = n('creditsApplied') + n('creditsUnchanged');
  const nothing =
    n('customersAdded') + n('customersUpdated') + n('invoicesAdded') + n('invoicesUpdated') + n('creditsApplied') === 0;
  return (
    <div className={classes.stack}>
      <Notice tone="done">
        {nothing ? 'Everything in the file was here already. Nothing changed.' : 'The file is imported.'}
      </Notice>
      <Section>
        <div className={classes.figures}>
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
      <ProblemSection id={id} problems={problems} left={left} more="after=" />
      <div className={classes.actions}>
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
