import { Button } from '@mantine/core';
import { Form, Link, useNavigation } from '@remix-run/react';

import { formatCount, formatNoun } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { Section } from '#app/ui/Section.tsx';

import { type FileFacts, recognized } from './ColumnsStep.tsx';
import { PreviewTable } from './PreviewTable.tsx';
import { ProblemTable, type ShownProblem } from './ProblemTable.tsx';
import type { ImportRecord } from './records.ts';

/** Second step: the first records as they would come in, and the button that brings them in. */
export function PreviewStep({
  id,
  file,
  records,
  problems,
  datesSure,
}: {
  id: number;
  file: FileFacts;
  records: ImportRecord[];
  problems: ShownProblem[];
  datesSure: boolean;
}) {
  const busy = useNavigation().state !== 'idle';
  return (
    <div style={{ display: 'grid', gap: 16, minWidth: 0 }}>
      <Notice>
        {recognized(file)}
        {!datesSure && (
          <div>
            No date in the file shows whether the month or the day comes first. They are read with the month first; go
            back to the columns if that is wrong.
          </div>
        )}
      </Notice>
      <Section
        title={records.length === 1 ? 'The first record' : `The first ${formatCount(records.length)} records`}
        flush
      >
        {records.length === 0 ? (
          <div style={{ padding: '0 16px 16px' }}>
            Nothing can be read from the first rows. Go back and check what each column becomes.
          </div>
        ) : (
          <PreviewTable records={records} />
        )}
      </Section>
      {problems.length > 0 && (
        <Section title="Problems among them" flush>
          <ProblemTable label="Problems among the first rows" problems={problems} />
        </Section>
      )}
      <Form
        method="post"
        action={`/imports/${id}/start`}
        style={{ display: 'flex', justifyContent: 'flex-end', gap: 8, flexWrap: 'wrap' }}
      >
        <Button type="submit" variant="default" formAction={`/imports/${id}/cancel`}>
          Cancel import
        </Button>
        <Button variant="default" component={Link} to={`/imports/${id}`}>
          Back to the columns
        </Button>
        <Button type="submit" loading={busy} disabled={records.length === 0}>
          Import {formatNoun(file.rows, 'row')}
        </Button>
      </Form>
    </div>
  );
}
