import { Button } from '@mantine/core';
import { Form, Link, useNavigation } from '@remix-run/react';

import { Figure } from '#app/ui/Figure.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { Section } from '#app/ui/Section.tsx';
import { formatCount, formatNoun } from '#app/ui/format.ts';

import { type FileFacts, recognized } from './ColumnsStep.tsx';
import classes from './import.module.css';
import { PreviewTable } from './PreviewTable.tsx';
import { type ProblemPage, ProblemSection } from './ProblemTable.tsx';
import type { ImportRecord } from './records.ts';
import type { ImportCounts } from './run-state.ts';
import { bringsOf } from './words.ts';

/** Second step: what becomes of each row, the first records as they would come in, and the button that brings them in. */
export function PreviewStep({
  id,
  file,
  counts,
  records,
  problems,
  datesSure,
}: {
  id: number;
  file: FileFacts;
  counts: Partial<ImportCounts>;
  records: ImportRecord[];
  problems: ProblemPage;
  datesSure: boolean;
}) {
  const busy = useNavigation().state !== 'idle';
  const { rowsIn = 0, rowsUnchanged = 0, rowsLeftOut = 0 } = counts;
  return (
    <div className={classes.stack}>
      <Notice>
        {recognized(file)}
        {!datesSure && (
          <div>
            No date in the file shows whether the month or the day comes first. They are read with the month first; go
            back to the columns if that is wrong.
          </div>
        )}
      </Notice>
      <Section>
        <div className={classes.figures}>
          <Figure
            label="Rows that come in"
            value={formatCount(rowsIn)}
            note={rowsIn === 0 ? 'Nothing in the file is new' : bringsOf(counts)}
          />
          <Figure
            label="Rows here already"
            value={formatCount(rowsUnchanged)}
            note={rowsUnchanged === 0 ? undefined : 'They change nothing'}
          />
          <Figure
            label="Rows left out"
            value={formatCount(rowsLeftOut)}
            note={rowsLeftOut === 0 ? 'All rows can be read' : 'Listed below, with the reason'}
          />
        </div>
      </Section>
      {records.length > 0 && (
        <Section
          title={records.length === 1 ? 'The first record' : `The first ${formatCount(records.length)} records`}
          flush
        >
          <PreviewTable records={records} />
        </Section>
      )}
      <ProblemSection id={id} problems={problems} left={rowsLeftOut} more="step=preview&after=" />
      <Form method="post" action={`/imports/${id}/start`} className={classes.actions}>
        <Button type="submit" variant="default" formAction={`/imports/${id}/cancel`}>
          Cancel import
        </Button>
        <Button variant="default" component={Link} to={`/imports/${id}`}>
          Back to the columns
        </Button>
        {rowsIn > 0 && (
          <Button type="submit" loading={busy}>
            Import {formatNoun(rowsIn, 'row')}
          </Button>
        )}
      </Form>
    </div>
  );
}
