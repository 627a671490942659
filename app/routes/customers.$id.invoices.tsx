import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useParams } from '@remix-run/react';

import { listCustomerInvoices } from '#app/invoicing/customers/customer-record.server.ts';
import { InvoiceState, reminderStops } from '#app/invoicing/invoices/InvoiceState.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { dateIn, formatDate, formatMoney } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const invoices = await staff.tx((tx) => listCustomerInvoices(tx, idParam(args.params.id)));
  return { invoices, today: dateIn(staff.company.timeZone, new Date()) };
}

export default function CustomerInvoices() {
  const { invoices, today } = useLoaderData<typeof loader>();
  const { id } = useParams();
  const { may } = useOffice();
  return (
    <Section
      title="Invoices"
      flush
      aside={
        <span className={classes.links}>
          <Link to={`/customers/${id}/statement`}>Statement</Link>
          {may('invoices.edit') && <Link to={`/invoices/new?customer=${id}`}>New invoice</Link>}
        </span>
      }
    >
      {invoices.length === 0 ? (
        <EmptyState title="No invoices">
          Invoices come in with the files that you import, or you make them here.
        </EmptyState>
      ) : (
        <SimpleTable
          label="Invoices"
          rows={invoices}
          rowKey={(invoice) => invoice.id}
          columns={[
            {
              key: 'number',
              label: 'Invoice',
              cell: (invoice) => (
                <>
                  <Link to={`/invoices/${invoice.id}`}>{invoice.number}</Link>{' '}
                  <span className={`${classes.quiet} ${classes.wrap}`}>{invoice.summary}</span>
                </>
              ),
            },
            {
              key: 'state',
              label: 'State',
              cell: (invoice) => (
                <>
                  <InvoiceState status={invoice.status} dueOn={invoice.dueOn} today={today} />
                  {reminderStops(invoice).length > 0 && (
                    <span className={`${classes.quiet} ${classes.small}`}> {reminderStops(invoice).join(' · ')}</span>
                  )}
                </>
              ),
            },
            { key: 'due', label: 'Due', numeric: true, wide: true, cell: (invoice) => formatDate(invoice.dueOn) },
            {
              key: 'total',
              label: 'Total',
              numeric: true,
              wide: true,
              cell: (invoice) => formatMoney(invoice.totalCents),
            },
            { key: 'balance', label: 'Balance', numeric: true, cell: (invoice) => formatMoney(invoice.balanceCents) },
          ]}
        />
      )}
    </Section>
  );
}
