import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { ColumnsStep } from '#app/invoicing/import/ColumnsStep.tsx';
import { readChoices } from '#app/invoicing/import/choices.ts';
import { ImportProgress } from '#app/invoicing/import/ImportProgress.tsx';
import { ImportResult } from '#app/invoicing/import/ImportResult.tsx';
import { ImportState } from '#app/invoicing/import/ImportState.tsx';
import {
  listProblems,
  missingOf,
  previewImport,
  readImport,
  saveChoices,
  startCheck,
} from '#app/invoicing/import/imports.server.ts';
import { PreviewStep } from '#app/invoicing/import/PreviewStep.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readForm } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Import · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'import');
  const id = idParam(args.params.id);
  const at = new URL(args.request.url).searchParams;
  const found = await staff.tx((tx) => readImport(tx, id));
  if (!found?.survey) throw notFound();
  const { survey, choices, ...row } = found;
  const file = {
    kind: choices.kind ?? survey.kind,
    product: survey.product,
    confidence: survey.confidence,
    rows: survey.rows,
    notes: survey.notes,
    headerLine: survey.headerLine,
  };
  const after = at.get('after');
  const problems = await staff.tx((tx) =>
    listProblems(tx, id, after && /^\d{1,15}$/.test(after) ? Number(after) : null),
  );
  if (row.status === 'done') return { step: 'result' as const, row, file, problems };
  if (row.status !== 'mapping') return { step: 'progress' as const, row, file };
  if (at.get('step') === 'preview' && row.counts.rowsIn !== undefined) {
    const preview = await previewImport(args.context.db, staff.company.id, id, survey, choices);
    return { step: 'preview' as const, row, file, preview, problems };
  }
  const columns = survey.columns.map(({ name, filled, samples }) => ({ name, filled, samples }));
  const mapping = choices.mapping ?? survey.mapping;
  return { step: 'columns' as const, row, file, columns, mapping, dateOrder: choices.dateOrder ?? ('' as const) };
}

/** Keeps what each column becomes, and has the file checked for the preview once nothing is missing. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'import');
  const id = idParam(args.params.id);
  const form = await readForm(args.request);
  const answer = await staff.tx(async (tx) => {
    const found = await readImport(tx, id);
    if (!found?.survey) return null;
    const { choices, anew } = readChoices(form, found.survey);
    const missing = anew ? [] : missingOf(found.survey, choices);
    const saved = await saveChoices(tx, id, choices);
    if (saved && !anew && missing.length === 0) await startCheck(tx, staff.company.id, id);
    return { anew, missing };
  });
  if (!answer) throw notFound();
  if (answer.missing.length > 0) return data({ errors: answer.missing }, { status: 400 });
  return redirect(answer.anew ? `/imports/${id}` : `/imports/${id}?step=preview`);
}

export default function Import() {
  const page = useLoaderData<typeof loader>();
  const result = useActionData<{ errors: string[] }>();
  const { row, file } = page;
  return (
    <>
      <PageHeader
        title={row.fileName}
        state={<ImportState status={row.status} />}
        back={{ to: '/imports', label: 'Imports' }}
      />
      {page.step === 'columns' && <ColumnsStep {...page} id={row.id} errors={result?.errors ?? []} />}
      {page.step === 'preview' && (
        <PreviewStep id={row.id} file={file} counts={row.counts} {...page.preview} problems={page.problems} />
      )}
      {page.step === 'progress' && <ImportProgress {...row} />}
      {page.step === 'result' && <ImportResult id={row.id} counts={row.counts} problems={page.problems} />}
    </>
  );
}
