import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';

import { auditSubjects, pageAudit, type AuditRow } from '#app/company/audit-log.server.ts';
import { actionWords, detailWords, subjectLink, subjectWords } from '#app/company/audit-words.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { FilterSelect } from '#app/ui/FilterSelect.tsx';
import { formatMoment } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './lists.module.css';

export const meta: MetaFunction = () => [{ title: 'Audit log · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'audit.read');
  const at = new URL(args.request.url).searchParams;
  return staff.tx(async (tx) => ({
    ...(await pageAudit(
      tx,
      { subject: at.get('subject'), q: at.get('q') },
      { after: at.get('after'), before: at.get('before') },
    )),
    subjects: await auditSubjects(tx),
  }));
}

export default function AuditLog() {
  const { rows, next, previous, subjects } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  const [params] = useSearchParams();
  const columns: Column<AuditRow>[] = [
    {
      key: 'what',
      label: 'What',
      cell: (row) => (
        <>
          <strong style={{ fontWeight: 500 }}>{actionWords(row.action)}</strong>
          <span className={classes.under}>{detailWords(row.details)}</span>
          <span className={`${classes.under} ${classes.phone}`}>
            <Subject row={row} /> · {row.actor} · {formatMoment(row.at, company.timeZone)}
          </span>
        </>
      ),
    },
    {
      key: 'subject',
      label: 'On',
      wide: true,
      cell: (row) => <Subject row={row} />,
    },
    { key: 'who', label: 'Who', wide: true, cell: (row) => <span className={classes.whole}>{row.actor}</span> },
    { key: 'at', label: 'When', numeric: true, wide: true, cell: (row) => formatMoment(row.at, company.timeZone) },
  ];
  return (
    <>
      <PageHeader title="Audit log">Who changed what, and when. Entries can’t be changed or deleted.</PageHeader>
      <DataList
        label="Audit log"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        search="Who or what"
        filters={
          <FilterSelect
            name="subject"
            label="On what"
            options={subjects.map((subject) => ({ value: subject, label: subjectWords(subject, null) }))}
          />
        }
        next={next}
        previous={previous}
        empty={
          params.size > 0 ? (
            <EmptyState title="Nothing matches" action={<Link to="/settings/audit-log">Show all entries</Link>}>
              No change fits this search.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing was changed yet">Every change in the office is written down here.</EmptyState>
          )
        }
      />
    </>
  );
}

/** The record that was changed, as a link where it has a page. */
function Subject({ row }: { row: AuditRow }) {
  const to = subjectLink(row.subjectType, row.subjectId);
  const words = subjectWords(row.subjectType, row.subjectId);
  return <span className={classes.whole}>{to ? <Link to={to}>{words}</Link> : words}</span>;
}
