import { Text } from '@mantine/core';
import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { Link, useActionData, useLoaderData, useParams } from '@remix-run/react';

import { isSuppressed } from '#app/consent/unsubscribe.server.ts';
import { Conversation } from '#app/messaging/Conversation.tsx';
import { markRead, numbersOf, readConversation } from '#app/messaging/conversations.server.ts';
import { replyLinks } from '#app/messaging/reply.server.ts';
import { ReplyForm } from '#app/messaging/ReplyForm.tsx';
import { SAMPLE_CODE } from '#app/messaging/sms-invoice.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { formatPhone } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import { useLive } from '#app/ui/useLive.ts';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';
import { replyAction } from './texts.reply.server.ts';

/** What was texted with a customer, number by number. Whoever may answer has read it by looking. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const id = idParam(args.params.id);
  const asked = new URL(args.request.url).searchParams.get('number');
  return staff.tx(async (tx) => {
    const numbers = await numbersOf(tx, id);
    const number = numbers.find((one) => one === `+${asked}`) ?? numbers[0] ?? null;
    if (number === null) return { numbers, number, said: [], wasUnread: false, out: null, links: '' };
    // In this order: what comes in between is seen, and read the next time.
    const wasUnread = staff.may('messages.reply') && (await markRead(tx, number));
    const said = await readConversation(tx, number);
    const links = (await replyLinks(tx, args.context.addresses)) + SAMPLE_CODE;
    return { numbers, number, said, wasUnread, out: await isSuppressed(tx, number, 'reminders'), links };
  });
}

export const action = (args: ActionFunctionArgs) =>
  replyAction(
    args,
    (number) => `/customers/${idParam(args.params.id)}/texts?number=${number.replace('+', '')}`,
    idParam(args.params.id),
  );

const LIVE_MS = 10_000;

export default function CustomerTexts() {
  const { numbers, number, said, wasUnread, out, links } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { company, may } = useOffice();
  const { id } = useParams();
  useLive(LIVE_MS, wasUnread);
  if (number === null) {
    return (
      <Section flush>
        <EmptyState title="No mobile number" action={<Link to={`/customers/${id}/contacts/new`}>Add one</Link>}>
          Texts go to mobile numbers only. When the customer has one, what you text each other stands here.
        </EmptyState>
      </Section>
    );
  }
  return (
    <div className={classes.stack}>
      {numbers.length > 1 && (
        <nav aria-label="Numbers">
          {numbers.map((one, index) => (
            <span key={one}>
              {index > 0 && ' · '}
              <Link to={`?number=${one.replace('+', '')}`} aria-current={one === number ? 'true' : undefined}>
                {formatPhone(one)}
              </Link>
            </span>
          ))}
        </nav>
      )}
      <Section title={formatPhone(number)}>
        {said.length === 0 ? (
          <Text c="dimmed">Nothing was texted with this number so far.</Text>
        ) : (
          <Conversation said={said} label={`Texts with ${formatPhone(number)}`} timeZone={company.timeZone} />
        )}
      </Section>
      {may('messages.reply') && (
        <Section>
          {out === 'unsubscribed' ? (
            <Text c="dimmed">They asked for no more texts, so you can’t write by text. Call them instead.</Text>
          ) : (
            <ReplyForm
              links={links}
              number={number}
              error={refused?.error ?? null}
              typed={refused?.body ?? ''}
              label={said.length === 0 ? 'A text to them' : 'Your reply'}
              button="Send text"
            />
          )}
        </Section>
      )}
    </div>
  );
}
