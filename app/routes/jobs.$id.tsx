import { Text } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';

import { InvoiceState } from '#app/invoicing/invoices/InvoiceState.tsx';
import { jobStates } from '#app/invoicing/customers/job-states.ts';
import { readJob } from '#app/invoicing/customers/jobs.server.ts';
import { dateIn, formatDay, formatMoney } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './jobs.module.css';
import record from './record.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `Job ${data?.job.number ?? ''} · Fieldpost` }];

/** One job, and the way to its invoice (S1-15). */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const job = await staff.tx((tx) => readJob(tx, idParam(args.params.id)));
  if (!job) throw notFound();
  return { job, today: dateIn(staff.company.timeZone, new Date()) };
}

export default function Job() {
  const { job, today } = useLoaderData<typeof loader>();
  const { company, may } = useOffice();
  const state = jobStates[job.status];
  return (
    <>
      <PageHeader
        title={`Job ${job.number}`}
        back={{ to: '/jobs', label: 'Jobs' }}
        state={<StatusBadge tone={state.tone}>{state.label}</StatusBadge>}
      >
        {job.summary || null}
      </PageHeader>
      <div className={record.stack}>
        {may('invoices.read') && (
          <Section title="Invoice">
            {job.invoices.length === 0 ? (
              <Text c="dimmed">There is no invoice for this job yet.</Text>
            ) : (
              <ul className={classes.bills}>
                {job.invoices.map((bill) => (
                  <li key={bill.id}>
                    <Link to={`/invoices/${bill.id}?job=${job.id}`} className={classes.bill}>
                      <span>
                        <strong>Invoice {bill.number}</strong>
                        <span className={classes.small}>{formatMoney(bill.totalCents, bill.currency)} in all</span>
                      </span>
                      <span>
                        <InvoiceState status={bill.status} dueOn={bill.dueOn} today={today} />
                        {bill.status === 'open' && (
                          <span className={`${classes.small} figures`}>
                            {formatMoney(bill.balanceCents, bill.currency)} owed
                          </span>
                        )}
                      </span>
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </Section>
        )}
        <Section title="About">
          <dl className={record.pairs}>
            <dt>Customer</dt>
            <dd>
              <Link to={`/customers/${job.customerId}`}>{job.customer}</Link>
            </dd>
            {job.place && (
              <>
                <dt>Location</dt>
                <dd>
                  {job.place.title !== job.place.address && job.place.address
                    ? job.place.address.startsWith(job.place.title)
                      ? job.place.address
                      : `${job.place.title}, ${job.place.address}`
                    : job.place.title}
                </dd>
              </>
            )}
            <dt>{job.status === 'completed' ? 'Done' : 'Planned for'}</dt>
            <dd>{formatDay(job.at, company.timeZone)}</dd>
            {job.technician && (
              <>
                <dt>Technician</dt>
                <dd>{job.technician}</dd>
              </>
            )}
            {job.internalNotes && (
              <>
                <dt>Internal</dt>
                <dd>{job.internalNotes}</dd>
              </>
            )}
          </dl>
        </Section>
      </div>
    </>
  );
}
