import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';

import { CardView } from '#app/campaigns/CardView.tsx';
import { readOutboxPostcard } from '#app/messaging/outbox-postcards.server.ts';
import { formatInstant } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './outbox.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.postcard.name ?? 'Postcard'} · Outbox · Fieldpost` },
];

/** A postcard with both sides, as it lies in its customer's mailbox. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'outbox.read');
  const postcard = await staff.tx((tx) => readOutboxPostcard(tx, idParam(args.params.id)));
  if (!postcard) throw notFound();
  return { postcard };
}

export default function OutboxPostcardPage() {
  const { postcard } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  return (
    <>
      <PageHeader title={`Postcard to ${postcard.name}`} back={{ to: '/outbox/postcards', label: 'Outbox' }} />
      <Section>
        <dl className={classes.envelope}>
          <dt>To</dt>
          <dd>{postcard.recipient.split('\n').join(', ')}</dd>
          <dt>Accepted</dt>
          <dd>
            {formatInstant(postcard.at, company.timeZone)} · {postcard.size} inches
            {postcard.campaign && ` · ${postcard.campaign}`}
            {postcard.messageId !== null && (
              <>
                {' · '}
                <Link to={`/messages/${postcard.messageId}`}>what became of it</Link>
              </>
            )}
            {postcard.customerId !== null && (
              <>
                {' · '}
                <Link to={`/customers/${postcard.customerId}`}>see the customer</Link>
              </>
            )}
          </dd>
          {postcard.card.qr && (
            <>
              <dt>QR code</dt>
              <dd>
                <a href={postcard.card.qr.url}>{postcard.card.qr.url}</a>, which counts as this customer’s scan
              </dd>
            </>
          )}
        </dl>
      </Section>
      <div className={classes.tabs}>
        <CardView card={postcard.card} pdf={`/outbox/postcards/${postcard.id}/pdf`} />
      </div>
    </>
  );
}
