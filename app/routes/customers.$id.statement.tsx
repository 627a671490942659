import { Button, Text, TextInput } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react';

import { readPeriod, readStatement } from '#app/invoicing/reports/statements.server.ts';
import { StatementTables } from '#app/invoicing/reports/StatementTables.tsx';
import { emailRefusals } from '#app/portal/email-refusals.ts';
import { dateIn, formatDate, formatMoney } from '#app/ui/format.ts';
import { Figure } from '#app/ui/Figure.tsx';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';
import { customerNamed } from '#app/invoicing/invoices/edit-form.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Statement, ${data?.customer.name ?? ''} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const id = idParam(args.params.id);
  const at = new URL(args.request.url).searchParams;
  const { timeZone } = staff.company;
  const today = dateIn(timeZone, new Date());
  const { period, error } = readPeriod(at.get('from'), at.get('to'), today);
  return staff.tx(async (tx) => {
    const customer = await customerNamed(tx, id);
    const statement = await readStatement(tx, id, period, { today, timeZone });
    if (!customer || statement === null) throw notFound();
    return { customer, period, error, statement: statement === 'too_many' ? null : statement };
  });
}

/** What a customer was charged and what they paid in a period (B-17). */
export default function CustomerStatement() {
  const { customer, period, error, statement } = useLoaderData<typeof loader>();
  const { may } = useOffice();
  const [params] = useSearchParams();
  const at = `/customers/${customer.id}/statement`;
  const query = new URLSearchParams(period).toString();
  return (
    <>
      <PageHeader
        title="Statement"
        back={{ to: `/customers/${customer.id}`, label: customer.name }}
        actions={
          statement && (
            <>
              <LinkButton to={`${at}/pdf?${query}`} file>
                PDF
              </LinkButton>
              {may('invoices.edit') && (
                <LinkButton to={`${at}/send?${query}`} main>
                  Email statement
                </LinkButton>
              )}
            </>
          )
        }
      >
        {formatDate(period.from)} to {formatDate(period.to)}
      </PageHeader>
      {params.has('sent') && <Notice tone="done">The statement is on its way by email.</Notice>}
      {error && <Notice tone="problem">{error} The usual period is shown.</Notice>}
      <Form method="get" className={classes.dates}>
        <TextInput type="date" name="from" label="From" defaultValue={period.from} key={`from ${period.from}`} />
        <TextInput type="date" name="to" label="To" defaultValue={period.to} key={`to ${period.to}`} />
        <Button type="submit" variant="default">
          Show
        </Button>
      </Form>
      {statement === null ? (
        <Notice tone="problem">{emailRefusals.too_many}</Notice>
      ) : (
        <>
          <div className={classes.facts}>
            <Figure
              label="Balance before"
              value={formatMoney(statement.openingCents)}
              note={`until ${formatDate(period.from)}`}
            />
            <Figure label={`Balance on ${formatDate(period.to)}`} value={formatMoney(statement.closingCents)} />
            <Figure
              label="Tips"
              value={formatMoney(statement.tipsCents)}
              note={
                <Text size="sm" c="dimmed">
                  on top of payments, no part of the balance
                </Text>
              }
            />
          </div>
          <StatementTables statement={statement} />
          {statement.lines.length === 0 && statement.open.length === 0 && (
            <Text c="dimmed" mt="md">
              Nothing was charged or paid in this period.{' '}
              <Link to={`/customers/${customer.id}/invoices`}>See all invoices</Link>
            </Text>
          )}
        </>
      )}
    </>
  );
}
