import { Button } from '@mantine/core';

import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { formatNoun } from '#app/ui/format.ts';

import { MappingForm, type MappingColumn } from './MappingForm.tsx';
import type { FileKind } from './records.ts';
import type { Mapping } from './targets.ts';
import { kindLabels } from './words.ts';

export type FileFacts = {
  kind: FileKind;
  product: string | null;
  confidence: 'high' | 'medium' | 'low';
  rows: number;
  notes: string[];
  headerLine: number;
};

/** What the file was recognized as. */
export function recognized({ product, confidence, kind, rows }: FileFacts): string {
  const what = `${kindLabels[kind]}, ${formatNoun(rows, 'row')}.`;
  if (product === null) return `${what} The product that wrote it is not known; check what each column becomes.`;
  return confidence === 'high'
    ? `From ${product}: ${what}`
    : `Probably from ${product}: ${what} Check what each column becomes.`;
}

/** First step: what each column becomes. */
export function ColumnsStep({
  id,
  file,
  columns,
  mapping,
  dateOrder,
  errors,
}: {
  id: number;
  file: FileFacts;
  columns: MappingColumn[];
  mapping: Mapping;
  dateOrder: 'mdy' | 'dmy' | '';
  errors: string[];
}) {
  const summary = Object.fromEntries(errors.map((error, i) => [i === 0 ? 'columns' : `columns-${i}`, error]));
  return (
    <>
      <Notice>
        {recognized(file)}
        {file.notes.map((note) => (
          <div key={note}>{note}</div>
        ))}
      </Notice>
      <ErrorSummary title="Not ready to import" errors={errors.length > 0 ? summary : null} />
      <MappingForm
        columns={columns}
        kind={file.kind}
        mapping={mapping}
        dateOrder={dateOrder}
        aside={
          <Button type="submit" variant="default" formAction={`/imports/${id}/cancel`} formNoValidate>
            Cancel import
          </Button>
        }
      />
    </>
  );
}
