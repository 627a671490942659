import { Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react';

import { invoiceReturns } from '#app/campaigns/returns.server.ts';
import { agreementWords } from '#app/invoicing/customers/agreement-words.ts';
import { invoiceActions } from '#app/invoicing/invoices/actions.ts';
import { InvoiceLedger, InvoiceItems } from '#app/invoicing/invoices/InvoiceTables.tsx';
import { InvoiceState, reminderStops } from '#app/invoicing/invoices/InvoiceState.tsx';
import { DraftNotice } from '#app/invoicing/invoices/DraftNotice.tsx';
import { invoiceDone } from '#app/invoicing/invoices/edit-words.ts';
import { readOnlineSettings } from '#app/invoicing/payments/online-settings.server.ts';
import { readInvoice } from '#app/invoicing/invoices/record.server.ts';
import { ReminderSwitches } from '#app/invoicing/invoices/ReminderSwitches.tsx';
import { changeReminders, type ReminderChange } from '#app/invoicing/invoices/reminders.server.ts';
import { messagesAboutInvoice } from '#app/messaging/history.server.ts';
import { isSmsInvoiceOffered } from '#app/messaging/sms-invoice.server.ts';
import { placeOf, smsInvoiceEntry } from '#app/messaging/sms-invoice.ts';
import { SmsInvoiceSent } from '#app/messaging/SmsInvoiceSent.tsx';
import { MessageHistory } from '#app/messaging/MessageHistory.tsx';
import { ActionsMenu } from '#app/ui/ActionsMenu.tsx';
import { Figure } from '#app/ui/Figure.tsx';
import { dateIn, formatAge, formatDate, formatMoney, formatDay } from '#app/ui/format.ts';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Invoice ${data?.record.invoice.number ?? ''} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const id = idParam(args.params.id);
  const place = placeOf(staff.staff.role);
  const texts = { place, may: staff.may('invoices.sms_link') };
  const found = await staff.tx(async (tx) => {
    const record = await readInvoice(tx, id);
    if (!record) throw notFound();
    return {
      record,
      messages: await messagesAboutInvoice(tx, id),
      returns: [...(await invoiceReturns(tx, id))],
      emails: place === 'office' || (await readOnlineSettings(tx)).emailFromMobile,
      textsFrom: (await isSmsInvoiceOffered(tx, record.invoice, texts)) ? place : null,
    };
  });
  return { ...found, today: dateIn(staff.company.timeZone, new Date()) };
}

/** Stops or allows reminders. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const values = await readFields(args.request, ['do_not_remind', 'disputed', 'promised', 'promisedFor']);
  const change = readChange(values, dateIn(staff.company.timeZone, new Date()));
  const result = await staff.tx((tx) => changeReminders(tx, staff.actor, id, change));
  if (result.ok) return redirect(`/invoices/${id}?saved=${change.what}`);
  if ('reason' in result) throw notFound();
  return data({ errors: { promisedFor: result.error }, values }, { status: 400 });
}

type Posted = Record<'do_not_remind' | 'disputed' | 'promised' | 'promisedFor', string>;

function readChange(values: Posted, today: string): ReminderChange {
  if (values.do_not_remind) return { what: 'do_not_remind', on: values.do_not_remind === 'true' };
  if (values.disputed) return { what: 'disputed', on: values.disputed === 'true' };
  return { what: 'promised', on: values.promised === 'clear' ? null : values.promisedFor, today };
}

/** What a person did with its money just now, as the page says it after the redirect. */
const DONE: Record<string, string> = {
  recorded: 'The payment was recorded.',
  credited: 'The invoice was credited.',
  'written-off': 'The rest was written off.',
  voided: 'The invoice is void.',
  repeated: 'This was done before. Nothing was recorded twice.',
};

export default function Invoice() {
  const { record, messages, returns, emails, textsFrom, today } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const { company, role, may } = useOffice();
  const [params] = useSearchParams();
  const { invoice, customer, job, location } = record;
  const texted = messages.find((message) => String(message.id) === params.get('texted'));
  const ofJob = job !== null && (role === 'technician' || params.get('job') === String(job.id));
  const texting = smsInvoiceEntry(invoice.id, textsFrom ?? 'office');
  // A technician has it under Actions (S1-15), the office as a button of its own (S1-11).
  const [reach = [], ...money] = invoiceActions(invoice, may);
  const actions = [
    [...(textsFrom === 'mobile' ? [texting] : []), ...reach.filter(({ to }) => emails || !to.endsWith('/email'))],
    ...money,
  ];
  const stops = reminderStops({ ...invoice, disputed: invoice.disputedAt !== null });
  const done = DONE[params.get('done') ?? ''];
  const paidCents = invoice.totalCents - invoice.balanceCents;
  return (
    <>
      <PageHeader
        title={`Invoice ${invoice.number}`}
        back={ofJob ? { to: `/jobs/${job.id}`, label: `Job ${job.number}` } : { to: '/invoices', label: 'Invoices' }}
        state={<InvoiceState status={invoice.status} dueOn={invoice.dueOn} today={today} />}
        actions={
          <>
            {textsFrom === 'office' && <LinkButton to={texting.to}>{texting.label}</LinkButton>}
            <ActionsMenu groups={actions} />
          </>
        }
      >
        {invoice.summary || null}
      </PageHeader>
      {done && !result && <Notice tone="done">{done}</Notice>}
      {params.has('saved') && !result && (
        <Notice tone="done">
          {invoiceDone(params.get('saved')) ??
            (stops.length > 0
              ? 'Saved. No reminder of this invoice goes out while any of the switches is on.'
              : 'Saved. Reminders of this invoice may go out again.')}
        </Notice>
      )}
      {texted && <SmsInvoiceSent text={texted} />}
      {invoice.status === 'draft' && <DraftNotice invoiceId={invoice.id} edits={may('invoices.edit')} />}
      <div className={classes.facts}>
        <Figure
          label="Balance"
          value={formatMoney(invoice.balanceCents, invoice.currency)}
          note={[
            `of ${formatMoney(invoice.totalCents, invoice.currency)}`,
            paidCents > 0 && `${formatMoney(paidCents, invoice.currency)} settled`,
            invoice.pendingCents > 0 && `${formatMoney(invoice.pendingCents, invoice.currency)} on its way`,
          ]
            .filter(Boolean)
            .join(', ')}
        />
        <Figure
          label="Due"
          value={formatDate(invoice.dueOn)}
          note={
            invoice.status === 'open'
              ? formatAge(invoice.dueOn, today)
              : invoice.paidAt && `paid ${formatDay(invoice.paidAt, company.timeZone)}`
          }
        />
        <Figure
          label="Customer"
          value={<Link to={`/customers/${customer.id}`}>{customer.name}</Link>}
          note={`owes ${formatMoney(Math.max(0, customer.balanceCents))} in all`}
        />
      </div>
      <div className={classes.columns}>
        <div className={classes.stack}>
          <InvoiceItems record={record} />
          <InvoiceLedger record={record} returns={returns} timeZone={company.timeZone} />
          <Section title="Messages about it" flush>
            {messages.length === 0 ? (
              <Text c="dimmed" px="md" pb="md">
                No reminder was sent or planned so far.
              </Text>
            ) : (
              <MessageHistory label="Messages about this invoice" messages={messages} about="address" />
            )}
          </Section>
        </div>
        <div className={classes.stack}>
          <ReminderSwitches
            invoice={{ ...invoice, disputed: invoice.disputedAt !== null }}
            customerId={customer.id}
            doNotContact={customer.doNotContact}
            edits={may('invoices.edit')}
            error={result?.errors.promisedFor}
            typed={result?.values.promisedFor}
            today={today}
          />
          <Section title="About">
            <dl className={classes.pairs}>
              <dt>Issued</dt>
              <dd>{formatDate(invoice.issuedOn)}</dd>
              {job && (
                <>
                  <dt>Job</dt>
                  <dd>
                    <Link to={`/jobs/${job.id}`}>{job.number}</Link> {job.summary}
                    <span className={`${classes.quiet} ${classes.small}`}> · {job.status.replace('_', ' ')}</span>
                  </dd>
                </>
              )}
              {location && (location.line1 || location.city) && (
                <>
                  <dt>Location</dt>
                  <dd>
                    {location.name && `${location.name}, `}
                    {[
                      location.line1,
                      location.line2,
                      location.city,
                      [location.state, location.zip].filter(Boolean).join(' '),
                    ]
                      .filter(Boolean)
                      .join(', ')}
                  </dd>
                </>
              )}
              {record.membership && (
                <>
                  <dt>Bills</dt>
                  <dd>{`${record.membership} (${agreementWords(customer.type).one.toLowerCase()})`}</dd>
                </>
              )}
              {record.businessUnit && (
                <>
                  <dt>Business unit</dt>
                  <dd>{record.businessUnit}</dd>
                </>
              )}
              {invoice.source && (
                <>
                  <dt>Imported from</dt>
                  <dd>
                    {invoice.source} {invoice.externalId}
                  </dd>
                </>
              )}
            </dl>
          </Section>
        </div>
      </div>
    </>
  );
}
