import { Disclosure } from '#app/ui/Disclosure.tsx';
import { formatMoment, formatPhone } from '#app/ui/format.ts';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { Link } from '@remix-run/react';

import type { SmsInvoicePlace } from './sms-invoice.ts';
import classes from './SmsInvoiceEntry.module.css';

/** Where a payment link is texted, as a line of a menu or a button names it: *SMS Invoice*, on a technician's phone *Text Invoice*. */
export const smsInvoiceEntry = (invoiceId: number, place: SmsInvoicePlace) => ({
  to: `/invoices/${invoiceId}/sms-invoice`,
  label: place === 'mobile' ? 'Text Invoice' : 'SMS Invoice',
});

/** The way there from an invoice's page: a button in the office (S1-11), under *Actions* on a technician's phone (S1-15). */
export function SmsInvoiceEntry({ invoiceId, place }: { invoiceId: number; place: SmsInvoicePlace }) {
  const { to, label } = smsInvoiceEntry(invoiceId, place);
  if (place === 'office') return <LinkButton to={to}>{label}</LinkButton>;
  return (
    <Disclosure className={classes.menu} button="Actions" buttonClassName={classes.button}>
      <ul className={classes.list}>
        <li>
          <Link to={to}>{label}</Link>
        </li>
      </ul>
    </Disclosure>
  );
}

/** What *Send* did: on its way, or waiting for the morning. */
export function SmsInvoiceSent({ text }: { text: { address: string; state: string; sendAt: string | Date } }) {
  const { company, may } = useOffice();
  return (
    <Notice tone="done">
      {text.state === 'deferred'
        ? `It is outside of the hours for texts where they are. The link goes to ${formatPhone(text.address)} on ${formatMoment(text.sendAt, company.timeZone)}.`
        : `The payment link was texted to ${formatPhone(text.address)}. Below stands what becomes of it.`}
      {may('outbox.read') && text.state !== 'deferred' && (
        <>
          {' '}
          <Link to="/outbox/texts">Look into the Outbox</Link>
        </>
      )}
    </Notice>
  );
}
