import { Group } from '@mantine/core';
import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';

import { PAYMENTS_SHOWN, readBilling } from '#app/invoicing/reports/billing-record.server.ts';
import { PaymentLinkSection } from '#app/invoicing/payments/PaymentLinkSection.tsx';
import { readOfficePaymentLink } from '#app/portal/payment-link.server.ts';
import { AccountEntries, CustomerPayments, OpenInvoices, SavedMethods } from '#app/invoicing/reports/BillingTables.tsx';
import { Figure } from '#app/ui/Figure.tsx';
import { dateIn, formatMoney } from '#app/ui/format.ts';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

/** A customer's account: what is owed, what is left to them, and every movement of money. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const at = new URL(args.request.url).searchParams;
  const page = { after: at.get('after'), before: at.get('before') };
  const id = idParam(args.params.id);
  const [billing, paymentLink] = await staff.tx(
    async (tx) => [await readBilling(tx, id, page), await readOfficePaymentLink(tx, args.context, id)] as const,
  );
  if (!billing) throw notFound();
  return {
    ...billing,
    paymentLink,
    shown: PAYMENTS_SHOWN,
    today: dateIn(staff.company.timeZone, new Date()),
  };
}

const DONE: Record<string, string> = {
  credited: 'The account was credited.',
  'payment-link': 'The payment link is ready to be copied.',
  repeated: 'This was recorded before. Nothing was recorded twice.',
};

export default function CustomerBilling() {
  const { account, open, entries, payments, methods, paymentLink, shown, today } = useLoaderData<typeof loader>();
  const { company, may } = useOffice();
  const [params] = useSearchParams();
  const done = DONE[params.get('done') ?? ''];
  const at = `/customers/${account.id}`;
  const page = (name: string, cursor: string | null) => cursor && `?${name}=${encodeURIComponent(cursor)}`;
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>
        {done && <Notice tone="done">{done}</Notice>}
        <OpenInvoices billing={{ open, account }} records={may('payments.record')} today={today} />
        <AccountEntries
          entries={entries.rows}
          pages={{ next: page('after', entries.next), previous: page('before', entries.previous) }}
          timeZone={company.timeZone}
        />
      </div>
      <div className={classes.stack}>
        <Section title="Account">
          <Group gap="xl" align="flex-start">
            <Figure label="Owed" value={formatMoney(account.balanceCents)} />
            <Figure label="Credit" value={formatMoney(account.creditCents)} />
            {account.pendingCents > 0 && <Figure label="On its way" value={formatMoney(account.pendingCents)} />}
          </Group>
          {may('invoices.edit') && (
            <Group mt="sm">
              <LinkButton to={`${at}/credit`}>Credit account</LinkButton>
            </Group>
          )}
        </Section>
        <PaymentLinkSection customerId={account.id} link={paymentLink} />
        <CustomerPayments
          payments={payments}
          more={payments.length === shown ? `/payments?q=${encodeURIComponent(account.name)}` : null}
          timeZone={company.timeZone}
        />
        <SavedMethods methods={methods} />
      </div>
    </div>
  );
}
