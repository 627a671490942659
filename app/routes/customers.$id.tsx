import { Button, Text } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, Outlet, useLoaderData, useSearchParams } from '@remix-run/react';

import { readCustomer } from '#app/invoicing/customers/customer-record.server.ts';
import { Figure } from '#app/ui/Figure.tsx';
import { dateIn, formatAge, formatDate, formatMoney, formatNoun, formatDay } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { TabLinks } from '#app/ui/TabLinks.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.customer.name ?? 'Customer'} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const customer = await staff.tx((tx) => readCustomer(tx, idParam(args.params.id)));
  if (!customer) throw notFound();
  return { customer, today: dateIn(staff.company.timeZone, new Date()) };
}

/** What a person did here just now, as the page says it after the redirect. */
const DONE: Record<string, string> = {
  created: 'The customer was added.',
  customer: 'The customer was saved.',
  contact: 'The contact was saved.',
  deleted: 'The contact was deleted.',
  location: 'The location was saved.',
  removed: 'The location was deleted.',
  invited: 'The invitation is on its way.',
};

export default function Customer() {
  const { customer, today } = useLoaderData<typeof loader>();
  const { company, may } = useOffice();
  const [params] = useSearchParams();
  const done = DONE[params.get('saved') ?? ''];
  const at = `/customers/${customer.id}`;
  const credit = customer.balanceCents === 0 && customer.creditCents > 0;
  return (
    <>
      <PageHeader
        title={customer.name}
        back={{ to: '/customers', label: 'Customers' }}
        state={customer.doNotContact && <StatusBadge tone="overdue">Do not contact</StatusBadge>}
        actions={
          may('customers.edit') && (
            <Button variant="default" component={Link} to={`${at}/edit`}>
              Edit
            </Button>
          )
        }
      />
      {done && <Notice tone="done">{done}</Notice>}
      {params.get('problem') === 'portal' && (
        <Notice tone="problem">
          The invitation was not sent: the Customer Portal is not set up yet.{' '}
          <Link to="/settings/communications/customer-portal">Set it up</Link>
        </Notice>
      )}
      <div className={classes.facts}>
        <Figure
          label={credit ? 'Credit' : 'Owes'}
          value={formatMoney(credit ? customer.creditCents : customer.balanceCents)}
          note={customer.openInvoices > 0 ? formatNoun(customer.openInvoices, 'unpaid invoice') : 'No unpaid invoice'}
        />
        <Figure
          label="Oldest due"
          value={customer.oldestDueOn ? formatDate(customer.oldestDueOn) : '–'}
          note={
            customer.oldestDueOn && (
              <StatusBadge tone={customer.oldestDueOn < today ? 'overdue' : 'soon'}>
                {formatAge(customer.oldestDueOn, today)}
              </StatusBadge>
            )
          }
        />
        <Figure
          label="Last payment"
          value={customer.lastPayment ? formatMoney(customer.lastPayment.cents) : 'None yet'}
          note={
            <Text size="sm" c="dimmed">
              {customer.lastPayment && `${formatDay(customer.lastPayment.at, company.timeZone)} · `}
              {customer.lastMessageAt
                ? `last message ${formatDay(customer.lastMessageAt, company.timeZone)}`
                : 'no message sent yet'}
            </Text>
          }
        />
      </div>
      <TabLinks
        label="Customer"
        tabs={[
          { to: at, label: 'Overview' },
          { to: `${at}/jobs`, label: `Jobs ${customer.counts.jobs}` },
          { to: `${at}/invoices`, label: `Invoices ${customer.counts.invoices}` },
          ...(may('invoices.read') ? [{ to: `${at}/billing`, label: 'Billing' }] : []),
          { to: `${at}/messages`, label: `Messages ${customer.counts.messages}` },
          { to: `${at}/texts`, label: 'Texts' },
          { to: `${at}/consent`, label: 'Consent' },
        ]}
      />
      <Outlet />
    </>
  );
}
