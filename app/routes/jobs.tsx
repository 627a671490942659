import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react';

import { jobStates } from '#app/invoicing/customers/job-states.ts';
import { hasWork, listWork } from '#app/invoicing/customers/jobs.server.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { dateIn, formatDay } from '#app/ui/format.ts';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './jobs.module.css';

export const meta: MetaFunction = () => [{ title: 'Jobs · Fieldpost' }];

/** Jobs of today and before. Whoever has jobs under their name begins with those (S1-15). */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const at = new URL(args.request.url).searchParams;
  const { timeZone } = staff.company;
  const today = dateIn(timeZone, new Date());
  return staff.tx(async (tx) => {
    const own = await hasWork(tx, staff.person.name);
    const mine = own && at.get('whose') !== 'all';
    const q = at.get('q');
    const technician = mine ? staff.person.name : null;
    const filter = { q, technician, coming: Boolean(q?.trim()), today, timeZone };
    return { ...(await listWork(tx, filter, { after: at.get('after'), before: at.get('before') })), own, mine, today };
  });
}

export default function Jobs() {
  const { rows, next, previous, own, mine, today } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  const [params] = useSearchParams();
  const q = params.get('q') ?? '';
  const days = byDay(rows, company.timeZone);
  const at = (name: 'after' | 'before', cursor: string) => {
    const to = new URLSearchParams(params);
    to.delete('after');
    to.delete('before');
    to.set(name, cursor);
    return `?${to.toString()}`;
  };
  return (
    <>
      <PageHeader title="Jobs" />
      <Form className={classes.search} role="search">
        {own && !mine && <input type="hidden" name="whose" value="all" />}
        <input
          key={q}
          type="search"
          className="touch-input"
          name="q"
          defaultValue={q}
          placeholder="Number, customer or street"
          aria-label="Search jobs"
        />
        <button type="submit">Search</button>
      </Form>
      {own && (
        <nav aria-label="Whose jobs" className={classes.whose}>
          <Link to="/jobs" aria-current={mine ? 'page' : undefined}>
            Mine
          </Link>
          <Link to="/jobs?whose=all" aria-current={mine ? undefined : 'page'}>
            Everybody’s
          </Link>
        </nav>
      )}
      {rows.length === 0 ? (
        <Section flush>
          <EmptyState title={q ? 'No job matches' : 'No jobs'}>
            {q
              ? 'Try a part of the number, the customer’s name or the street.'
              : 'Jobs come in with the files that your office imports.'}
          </EmptyState>
        </Section>
      ) : (
        days.map(({ day, jobs }) => (
          <section key={day} aria-label={titleOf(day, today)} className={classes.day}>
            <h2>{titleOf(day, today)}</h2>
            <ul className={classes.list}>
              {jobs.map((job) => (
                <li key={job.id}>
                  <Link to={`/jobs/${job.id}`} className={classes.job}>
                    <span className={classes.line}>
                      <strong>{job.customer}</strong>
                      <StatusBadge tone={jobStates[job.status].tone}>{jobStates[job.status].label}</StatusBadge>
                    </span>
                    <span className={classes.about}>{job.street}</span>
                    <span className={classes.about}>
                      {job.number} {job.summary}
                      {!mine && job.technician && ` · ${job.technician}`}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))
      )}
      {(previous || next) && (
        <nav aria-label="Pages" className={classes.pages}>
          {previous && <LinkButton to={at('before', previous)}>Newer</LinkButton>}
          {next && <LinkButton to={at('after', next)}>Older</LinkButton>}
        </nav>
      )}
    </>
  );
}

type Row = ReturnType<typeof useLoaderData<typeof loader>>['rows'][number];

/** Neighbours of one calendar day together, in the order of the list. */
function byDay(rows: Row[], timeZone: string): { day: string; jobs: Row[] }[] {
  const days: { day: string; jobs: Row[] }[] = [];
  for (const job of rows) {
    const day = dateIn(timeZone, new Date(job.at));
    if (days.at(-1)?.day === day) days.at(-1)!.jobs.push(job);
    else days.push({ day, jobs: [job] });
  }
  return days;
}

const titleOf = (day: string, today: string) => (day === today ? 'Today' : formatDay(`${day}T12:00:00Z`, 'UTC'));
