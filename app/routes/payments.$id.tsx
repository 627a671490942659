import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';

import { paymentReturns } from '#app/campaigns/returns.server.ts';
import { methodWords, sourceLabels } from '#app/invoicing/ledger/entry-words.ts';
import { paymentActions } from '#app/invoicing/payments/actions.ts';
import { paymentDay } from '#app/invoicing/payments/payment-day.ts';
import { readPayment } from '#app/invoicing/payments/record.server.ts';
import { PaymentState } from '#app/invoicing/payments/PaymentState.tsx';
import { Disputes, Refunds, WhereItWent } from '#app/invoicing/payments/PaymentTables.tsx';
import { ActionsMenu } from '#app/ui/ActionsMenu.tsx';
import { Figure } from '#app/ui/Figure.tsx';
import { formatAddress, formatMoment, formatMoney } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Payment of ${data?.customer.name ?? ''} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const id = idParam(args.params.id);
  const found = await staff.tx(async (tx) => ({
    record: await readPayment(tx, id),
    returns: await paymentReturns(tx, id),
  }));
  if (!found.record) throw notFound();
  return { ...found.record, returns: found.returns };
}

const DONE: Record<string, string> = {
  recorded: 'The payment was recorded.',
  repeated: 'This was recorded before. Nothing was recorded twice.',
  undone: 'The payment was undone. What it had paid is owed again.',
  refunded: 'The money was given back.',
  refunding: 'The refund is on its way. This page shows when it has arrived.',
};

const channels = { email: 'Email', sms: 'Text', mail: 'Postcard' } as const;

export default function Payment() {
  const { payment, customer, recordedBy, asked, entries, refunds, disputes, returns } = useLoaderData<typeof loader>();
  const { company, may } = useOffice();
  const [params] = useSearchParams();
  const money = (cents: number) => formatMoney(cents, payment.currency);
  const zone = company.timeZone;
  const shown = { ...payment, disputed: payment.disputedAt !== null };
  const done = DONE[params.get('done') ?? ''];
  return (
    <>
      <PageHeader
        title={`Payment of ${money(payment.amountCents)}`}
        back={{ to: '/payments', label: 'Payments' }}
        state={<PaymentState payment={shown} />}
        actions={<ActionsMenu groups={paymentActions(payment, may)} />}
      />
      {done && <Notice tone="done">{done}</Notice>}
      {payment.processor === 'sandbox' && <Notice>Paid in the sandbox: no money moved.</Notice>}
      <div className={classes.facts}>
        <Figure
          label="Amount"
          value={money(payment.amountCents)}
          note={
            [
              payment.tipCents > 0 && `with a tip of ${money(payment.tipCents)}`,
              payment.refundedCents > 0 && `${money(payment.refundedCents)} given back`,
            ]
              .filter(Boolean)
              .join(', ') || null
          }
        />
        <Figure
          label="Paid by"
          value={methodWords(payment)}
          note={`${sourceLabels[payment.source]}, ${paymentDay(payment, zone)}`}
        />
        <Figure label="Customer" value={<Link to={`/customers/${customer.id}/billing`}>{customer.name}</Link>} />
      </div>
      <div className={classes.columns}>
        <div className={classes.stack}>
          <WhereItWent entries={entries} asked={asked} currency={payment.currency} timeZone={zone} />
          {refunds.length > 0 && <Refunds refunds={refunds} currency={payment.currency} timeZone={zone} />}
          {disputes.length > 0 && <Disputes disputes={disputes} currency={payment.currency} timeZone={zone} />}
        </div>
        <div className={classes.stack}>
          <Section title="What led to it">
            {returns.length === 0 ? (
              <p className={classes.quiet} style={{ margin: 0 }}>
                No message of a campaign in the 30 days before.
              </p>
            ) : (
              <ul className={classes.list}>
                {returns.map((one) => (
                  <li key={one.invoiceId}>
                    <Link to={`/campaigns/${one.campaignId}`}>{one.campaign}</Link>
                    <div className={`${classes.quiet} ${classes.small}`}>
                      {one.kind === 'direct' ? 'Direct' : 'Influenced'} · {money(one.amountCents)} on invoice{' '}
                      {one.invoice}
                    </div>
                    <div className={`${classes.quiet} ${classes.small}`}>
                      <Link to={`/messages/${one.messageId}`}>{channels[one.channel]}</Link>
                      {one.sentAt && ` of ${formatMoment(one.sentAt, zone)}`}
                      {one.clickedAt && one.kind === 'direct' && `, clicked ${formatMoment(one.clickedAt, zone)}`}
                    </div>
                  </li>
                ))}
              </ul>
            )}
          </Section>
          <Section title="About">
            <dl className={classes.pairs}>
              <dt>Entered</dt>
              <dd>{formatMoment(payment.createdAt, zone)}</dd>
              {recordedBy && (
                <>
                  <dt>By</dt>
                  <dd>{recordedBy}</dd>
                </>
              )}
              {!recordedBy && payment.payer && (
                <>
                  <dt>Payer</dt>
                  <dd>{payment.payer}</dd>
                </>
              )}
              {payment.memo && (
                <>
                  <dt>{payment.method === 'check' ? 'Check' : 'Note'}</dt>
                  <dd>{payment.memo}</dd>
                </>
              )}
              {payment.receiptTo && (
                <>
                  <dt>Receipt</dt>
                  <dd>{formatAddress(payment.receiptTo)}</dd>
                </>
              )}
              {payment.reference && (
                <>
                  <dt>Reference</dt>
                  <dd>{payment.reference}</dd>
                </>
              )}
              {payment.status === 'failed' && payment.failure && (
                <>
                  <dt>Failed</dt>
                  <dd>
                    {payment.failure === 'undone' ? 'Undone by the office' : payment.failure.replaceAll('_', ' ')}
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
