import { Button, NativeSelect, Text, TextInput } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, useLoaderData, useSearchParams } from '@remix-run/react';

import { agedInvoices, agingReport } from '#app/invoicing/reports/aging-report.server.ts';
import { AgedInvoices, AgingByCustomer } from '#app/invoicing/reports/AgingReport.tsx';
import { AgingChart } from '#app/invoicing/reports/AgingChart.tsx';
import { customerNamed } from '#app/invoicing/invoices/edit-form.server.ts';
import { listBusinessUnits } from '#app/invoicing/invoices/invoices.server.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { dateIn, formatDate } from '#app/ui/format.ts';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { requireStaff } from '#app/web/staff.server.ts';

import { agingRequest } from './aging.request.server.ts';
import classes from './record.module.css';

export const meta: MetaFunction = () => [{ title: 'Aging · Fieldpost' }];

/** So many customers stand on the page; the CSV has all. */
const SHOWN = 200;

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const { timeZone } = staff.company;
  const today = dateIn(timeZone, new Date());
  const { filter, sort, behind } = agingRequest(new URL(args.request.url).searchParams, today, timeZone);
  return staff.tx(async (tx) => {
    const customer = behind?.customerId ? await customerNamed(tx, behind.customerId) : null;
    return {
      report: await agingReport(tx, filter, { sort, limit: SHOWN }),
      units: await listBusinessUnits(tx),
      behind: behind && {
        ...(await agedInvoices(tx, { ...filter, customerId: behind.customerId }, behind.age)),
        age: behind.age,
        customer,
      },
      on: filter.on,
      unit: filter.unit,
      today,
      sort,
    };
  });
}

/** Who owes how much, and for how long (B-17). */
export default function Aging() {
  const { report, units, behind, on, unit, today, sort } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const { total } = report;
  const at = (changes: Record<string, string | null>) => {
    const to = new URLSearchParams(params);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) to.delete(name);
      else to.set(name, value);
    }
    return `/reports/aging?${to.toString()}`;
  };
  return (
    <>
      <PageHeader
        title="Aging"
        back={{ to: '/invoices', label: 'Invoices' }}
        actions={
          <LinkButton to={`/reports/aging/csv?${params.toString()}`} file>
            Export CSV
          </LinkButton>
        }
      >
        {on === today
          ? 'What is owed today, by customer and by days past due'
          : `What was owed at the end of ${formatDate(on)}, by customer and by days past due`}
      </PageHeader>
      <Form method="get" className={classes.dates}>
        <TextInput type="date" name="on" label="As of" max={today} defaultValue={on} key={on} />
        {units.length > 0 && (
          <NativeSelect
            name="unit"
            label="Business unit"
            defaultValue={unit ?? ''}
            data={[{ value: '', label: 'All' }, ...units.map((one) => ({ value: String(one.id), label: one.name }))]}
          />
        )}
        <NativeSelect
          name="sort"
          label="Sort by"
          defaultValue={sort}
          data={[
            { value: 'total', label: 'Most owed' },
            { value: 'oldest', label: 'Oldest due' },
            { value: 'name', label: 'Name' },
          ]}
        />
        <Button type="submit" variant="default">
          Show
        </Button>
      </Form>
      {behind ? (
        <AgedInvoices behind={behind} on={on} back={at({ customer: null, age: null })} />
      ) : total.invoices === 0 ? (
        <Section>
          <EmptyState title="Nothing is owed">
            {on === today ? 'Every invoice is paid.' : `Every invoice was paid at the end of ${formatDate(on)}.`}
          </EmptyState>
        </Section>
      ) : (
        <div className={classes.stack}>
          <AgingChart aged={total.aged} on={on} linkOf={(age) => at({ age })} />
          <AgingByCustomer report={report} linkOf={(customer, age) => at({ customer: String(customer), age })} />
          {total.customers > report.rows.length && (
            <Text c="dimmed" size="sm">
              The first {report.rows.length} of {total.customers.toLocaleString('en-US')} customers. The totals and the
              CSV file hold all.
            </Text>
          )}
        </div>
      )}
    </>
  );
}
