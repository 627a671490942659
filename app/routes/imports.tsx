import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { ImportState } from '#app/invoicing/import/ImportState.tsx';
import { listImports, type ImportRow } from '#app/invoicing/import/imports.server.ts';
import { outcomeOf } from '#app/invoicing/import/words.ts';
import { UploadForm } from '#app/invoicing/import/UploadForm.tsx';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { formatShortInstant } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './imports.module.css';
import { receiveUpload } from './imports.receive.server.ts';
import lists from './lists.module.css';

export const meta: MetaFunction = () => [{ title: 'Imports · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'import');
  const after = Number(new URL(args.request.url).searchParams.get('after'));
  const { rows, next } = await staff.tx((tx) =>
    listImports(tx, Number.isSafeInteger(after) && after > 0 ? after : null),
  );
  const shown = rows.map((row): Row => {
    const { id, fileName, status, rowsTotal, counts, failure, by, createdAt } = row;
    return { id, fileName, status, rowsTotal, counts, failure, by, createdAt };
  });
  return { rows: shown, next };
}

/** Takes a file that comes without JavaScript; with it, `imports.upload.tsx` does. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'import');
  const result = await receiveUpload(args, staff);
  return result.ok ? redirect(`/imports/${result.importId}`) : data({ error: result.error }, { status: 400 });
}

type Row = Pick<ImportRow, 'id' | 'fileName' | 'status' | 'rowsTotal' | 'counts' | 'failure' | 'by' | 'createdAt'>;

const columns = (timeZone: string): Column<Row>[] => [
  {
    key: 'file',
    label: 'File',
    cell: (row) => (
      <>
        <span className={classes.file}>{row.fileName}</span>
        <span className={`${lists.under} ${lists.phone}`}>{outcomeOf(row)}</span>
      </>
    ),
  },
  { key: 'state', label: 'State', cell: (row) => <ImportState status={row.status} /> },
  { key: 'outcome', label: 'Outcome', wide: true, cell: (row) => outcomeOf(row) },
  { key: 'by', label: 'By', wide: true, cell: (row) => row.by },
  {
    key: 'at',
    label: 'When',
    wide: true,
    numeric: true,
    cell: (row) => formatShortInstant(row.createdAt, timeZone),
  },
];

export default function Imports() {
  const { rows, next } = useLoaderData<typeof loader>();
  const result = useActionData<{ error: string }>();
  const { company } = useOffice();
  return (
    <>
      <PageHeader title="Imports">
        Bring in customers and unpaid invoices from the product that you invoice with. Nothing changes until you have
        seen what comes in.
      </PageHeader>
      <UploadForm refused={result?.error} />
      <h2 className={classes.heading}>Earlier imports</h2>
      <DataList<Row>
        label="Earlier imports"
        rows={rows}
        rowKey={(row) => row.id}
        rowHref={(row) => `/imports/${row.id}`}
        next={next === null ? null : String(next)}
        columns={columns(company.timeZone)}
        empty={
          <EmptyState title="No imports yet">
            Files that you upload are listed here, with what became of them.
          </EmptyState>
        }
      />
    </>
  );
}
