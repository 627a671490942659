import { Text } from '@mantine/core';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useActionData, useLoaderData } from '@remix-run/react';

import { isSuppressed } from '#app/consent/unsubscribe.server.ts';
import { Conversation } from '#app/messaging/Conversation.tsx';
import { markRead, readConversation, whoseNumber } from '#app/messaging/conversations.server.ts';
import { replyLinks } from '#app/messaging/reply.server.ts';
import { ReplyForm } from '#app/messaging/ReplyForm.tsx';
import { SAMPLE_CODE } from '#app/messaging/sms-invoice.ts';
import { formatPhone } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useLive } from '#app/ui/useLive.ts';
import { useOffice } from '#app/ui/useOffice.ts';
import { notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';
import { replyAction } from './texts.reply.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.who?.name ?? formatPhone(data?.number ?? '')} · Inbox · Fieldpost` },
];

/** A conversation with one number; opening it is reading it. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'messages.reply');
  const digits = args.params.number ?? '';
  if (!/^\d{3,15}$/.test(digits)) throw notFound();
  // A short code has no plus.
  const number = digits.length <= 6 ? digits : `+${digits}`;
  return staff.tx(async (tx) => {
    // In this order: what comes in between is seen, and read the next time.
    const wasUnread = await markRead(tx, number);
    const said = await readConversation(tx, number);
    if (said.length === 0) throw notFound();
    const [who, out] = [await whoseNumber(tx, number), await isSuppressed(tx, number, 'reminders')];
    const links = (await replyLinks(tx, args.context.addresses)) + SAMPLE_CODE;
    return { number, said, wasUnread, who, out, links };
  });
}

export const action = (args: ActionFunctionArgs) => replyAction(args, (number) => `/inbox/${number.replace('+', '')}`);

const LIVE_MS = 5_000;

export default function InboxNumber() {
  const { number, said, wasUnread, who, out, links } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { company } = useOffice();
  useLive(LIVE_MS, wasUnread);
  return (
    <>
      <PageHeader
        title={who?.name ?? formatPhone(number)}
        back={{ to: '/inbox', label: 'Inbox' }}
        state={out === 'unsubscribed' && <StatusBadge tone="soon">No more texts</StatusBadge>}
      >
        {who ? (
          <>
            {formatPhone(number)} · <Link to={`/customers/${who.customerId}`}>see the customer</Link>
          </>
        ) : (
          'This number stands on no customer’s record.'
        )}
      </PageHeader>
      <div className={classes.stack}>
        <Section>
          <Conversation said={said} label={`Texts with ${formatPhone(number)}`} timeZone={company.timeZone} />
        </Section>
        <Section>
          {out === 'unsubscribed' ? (
            <Text c="dimmed">They asked for no more texts, so you can’t write back by text. Call them instead.</Text>
          ) : (
            <ReplyForm number={number} links={links} error={refused?.error ?? null} typed={refused?.body ?? ''} />
          )}
        </Section>
      </div>
    </>
  );
}
