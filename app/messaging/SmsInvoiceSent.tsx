import { Link } from '@remix-run/react';

import { formatMoment, formatPhone } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { useOffice } from '#app/ui/useOffice.ts';

/** What *Send* did: on its way, or waiting for the morning. */
export function SmsInvoiceSent({ text }: { text: { address: string; state: string; sendAt: string | Date } }) {
  const { company, may } = useOffice();
  return (
    <Notice tone="done">
      {text.state === 'deferred'
        ? `It is outside of the hours for texts where they are. The link goes to ${formatPhone(text.address)} on ${formatMoment(text.sendAt, company.timeZone)}, with what is owed then.`
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
