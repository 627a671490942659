import { Text } from '@mantine/core';
import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';

import { listJobs } from '#app/invoicing/customers/customer-record.server.ts';
import { jobStates } from '#app/invoicing/customers/job-states.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { formatDay } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  return { jobs: await staff.tx((tx) => listJobs(tx, idParam(args.params.id))) };
}

export default function CustomerJobs() {
  const { jobs } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  return (
    <Section flush>
      {jobs.length === 0 ? (
        <EmptyState title="No jobs">Jobs come in with the files that you import.</EmptyState>
      ) : (
        <SimpleTable
          label="Jobs"
          rows={jobs}
          rowKey={(job) => job.id}
          columns={[
            {
              key: 'job',
              label: 'Job',
              cell: (job) => (
                <>
                  <Text component="span" fw={500}>
                    <Link to={`/jobs/${job.id}`}>{job.number}</Link>
                  </Text>{' '}
                  <span className={classes.wrap}>{job.summary}</span>
                  {job.internalNotes && (
                    <span className={`${classes.quiet} ${classes.small}`}>
                      <br />
                      Internal: {job.internalNotes}
                    </span>
                  )}
                </>
              ),
            },
            {
              key: 'status',
              label: 'State',
              cell: (job) => <StatusBadge tone={jobStates[job.status].tone}>{jobStates[job.status].label}</StatusBadge>,
            },
            { key: 'technician', label: 'Technician', wide: true, cell: (job) => job.technician },
            { key: 'location', label: 'Location', wide: true, cell: (job) => job.location },
            {
              key: 'when',
              label: 'When',
              numeric: true,
              cell: (job) => {
                const at = job.completedAt ?? job.scheduledAt;
                return at ? formatDay(at, company.timeZone) : '–';
              },
            },
          ]}
        />
      )}
    </Section>
  );
}
