import { Text } from '@mantine/core';
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { Conversation } from '#app/messaging/Conversation.tsx';
import { readConversation, type Said } from '#app/messaging/conversations.server.ts';
import { takeInboundText } from '#app/messaging/inbound.server.ts';
import { messageKindLabels } from '#app/messaging/kinds.ts';
import { readOutboxText } from '#app/messaging/outbox-texts.server.ts';
import { Phone } from '#app/messaging/Phone.tsx';
import { textProviderName } from '#app/messaging/providers/choose-text.server.ts';
import { ReplyForm } from '#app/messaging/ReplyForm.tsx';
import { formatInstant, formatNoun, formatPhone } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useLive } from '#app/ui/useLive.ts';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './outbox.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${formatPhone(data?.text.recipient ?? '')} · Outbox · Fieldpost` },
];

/** A text on its customer's phone, in the conversation that it is part of. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'outbox.read');
  return staff.tx(async (tx) => {
    const text = await readOutboxText(tx, idParam(args.params.id));
    if (!text) throw notFound();
    const answers = (await textProviderName(tx, args.context)) === 'sandbox' && staff.may('messages.test');
    return { text, said: await readConversation(tx, text.recipient), answers };
  });
}

/** Answers as the customer would: in the sandbox nobody else can. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'messages.test');
  const id = idParam(args.params.id);
  const { body } = await readFields(args.request, ['body']);
  const text = await staff.tx(async (tx) => {
    if ((await textProviderName(tx, args.context)) !== 'sandbox') throw notFound();
    return readOutboxText(tx, id);
  });
  if (!text) throw notFound();
  await takeInboundText(args.context.db, {
    companyId: staff.company.id,
    provider: 'sandbox',
    providerId: nanoid(),
    sender: text.recipient,
    recipient: text.sender,
    body: body.slice(0, 1_600),
    at: new Date(),
  });
  return redirect(`/outbox/texts/${id}`);
}

/** What we know of a text, and its customer does not. */
const QUIET = { state: null, meaning: null, kind: null, campaign: null, messageId: null };

/** What the customer sees of it: what arrived, and what they wrote themselves. */
const onPhone = (said: readonly Said[]): Said[] =>
  said
    .filter(
      (one) => one.from === 'them' || one.state === 'sent' || one.state === 'delivered' || one.state === 'unknown',
    )
    .map((one) => ({ ...one, from: one.from === 'us' ? 'them' : 'us', ...QUIET }));

const LIVE_MS = 3_000;

export default function OutboxTextPage() {
  const { text, said, answers } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  useLive(LIVE_MS);
  return (
    <>
      <PageHeader title={`Text to ${formatPhone(text.recipient)}`} back={{ to: '/outbox/texts', label: 'Outbox' }} />
      <Section>
        <dl className={classes.envelope}>
          <dt>From</dt>
          <dd>{formatPhone(text.sender)}</dd>
          <dt>Sent</dt>
          <dd>
            {formatInstant(text.at, company.timeZone)} · {formatNoun(text.parts, 'part')}
            {text.kind && ` · ${text.campaign ?? messageKindLabels[text.kind]}`}
            {text.messageId !== null && (
              <>
                {' · '}
                <Link to={`/messages/${text.messageId}`}>what became of it</Link>
              </>
            )}
            {text.customerId !== null && (
              <>
                {' · '}
                <Link to={`/customers/${text.customerId}/texts`}>see the customer</Link>
              </>
            )}
          </dd>
        </dl>
      </Section>
      <Text size="sm" c="dimmed" my="md">
        The customer’s phone. Links work as they do for the customer, and count as their clicks.
        {answers && ' Answer as they would: try STOP, HELP or a question.'}
      </Text>
      <Phone
        with={formatPhone(text.sender)}
        foot={
          answers && (
            <ReplyForm number={text.recipient} error={null} typed="" label="Answer as this customer" button="Send" />
          )
        }
      >
        <Conversation said={onPhone(said)} label="On the customer’s phone" timeZone={company.timeZone} links />
      </Phone>
    </>
  );
}
