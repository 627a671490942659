import { Button, Text } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';

import { channelWords } from '#app/campaigns/channel-words.ts';
import { linkWords, stateSentence, timelineOf } from '#app/campaigns/message-timeline.ts';
import { messageState } from '#app/campaigns/message-words.ts';
import { messageStory, type MessageStory } from '#app/campaigns/message-story.server.ts';
import { plainLine } from '#app/campaigns/results-words.ts';
import { Timeline } from '#app/campaigns/Timeline.tsx';
import { howWords, purposeLabels, stopLabels } from '#app/consent/history.ts';
import { providerWords } from '#app/messaging/event-words.ts';
import { messageKindLabels } from '#app/messaging/kinds.ts';
import { formatAddress, formatInstant, formatNoun } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? titleOf(data.story) : 'Message'} · Fieldpost` },
];

/** One message's whole history (B-04). Who reads an invitation of staff can become that person, so it asks for more. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const story = await staff.tx((tx) => messageStory(tx, idParam(args.params.id)));
  if (!story || (story.message.kind === 'staff_invitation' && !staff.may('staff.manage'))) throw notFound();
  return { story, now: new Date().toISOString() };
}

function titleOf({ message }: MessageStory): string {
  const number = message.invoice?.number ?? '[invoice number]';
  const line = message.merged
    ? message.subject
    : plainLine(message.subject.replaceAll(/\{\{-?\s*invoice\.number\b[^}]*\}\}/g, () => number));
  return line || messageKindLabels[message.kind];
}

export default function Message() {
  const { story, now } = useLoaderData<typeof loader>();
  const { company, may } = useOffice();
  const { message } = story;
  const { label, tone } = messageState(message);
  const back = message.customer
    ? { to: `/customers/${message.customer.id}/messages`, label: message.customer.name }
    : { to: '/outbox', label: 'Outbox' };
  return (
    <>
      <PageHeader
        title={titleOf(story)}
        state={<StatusBadge tone={tone}>{label}</StatusBadge>}
        {...((message.customer || may('outbox.read')) && { back })}
        actions={<SeeIt story={story} />}
      >
        {stateSentence(story, company.timeZone, now)}
      </PageHeader>
      <div className={classes.columns}>
        <div className={classes.stack}>
          <Section title="What happened">
            <Timeline entries={timelineOf(story, company.timeZone)} timeZone={company.timeZone} />
          </Section>
          {story.links.length > 0 && <Links story={story} />}
        </div>
        <div className={classes.stack}>
          <About message={message} />
          <Consent story={story} timeZone={company.timeZone} />
        </div>
      </div>
    </>
  );
}

/** The message as the sandbox got it, or as its frozen content reads. */
function SeeIt({ story: { message } }: { story: MessageStory }) {
  const { may } = useOffice();
  const { outboxId, outboxTextId, outboxPostcardId, campaign, channel } = message;
  const inOutbox = {
    email: outboxId && `/outbox/${outboxId}`,
    sms: outboxTextId && `/outbox/texts/${outboxTextId}`,
    mail: outboxPostcardId && `/outbox/postcards/${outboxPostcardId}`,
  }[channel];
  const sent = campaign && may('campaigns.read') && `/campaigns/${campaign.id}/sent?message=${message.id}`;
  const to = (may('outbox.read') && inOutbox) || sent;
  if (!to) return null;
  return (
    <Button variant="default" component={Link} to={to}>
      See the {channelWords[channel].noun}
    </Button>
  );
}

function About({ message }: { message: MessageStory['message'] }) {
  const { may } = useOffice();
  const { campaign, customer, invoice } = message;
  return (
    <Section title="About">
      <dl className={classes.pairs}>
        <dt>To</dt>
        <dd>{formatAddress(message.address) || 'No address'}</dd>
        {customer && (
          <>
            <dt>Customer</dt>
            <dd>
              <Link to={`/customers/${customer.id}`}>{customer.name}</Link>
            </dd>
          </>
        )}
        <dt>Kind</dt>
        <dd>
          {messageKindLabels[message.kind]} {channelWords[message.channel].noun}
        </dd>
        {campaign && (
          <>
            <dt>Campaign</dt>
            <dd>
              {may('campaigns.read') ? <Link to={`/campaigns/${campaign.id}`}>{campaign.name}</Link> : campaign.name}
              {campaign.steps > 1 && ` · step ${campaign.step} of ${campaign.steps}`}
            </dd>
          </>
        )}
        {campaign && customer && may('campaigns.read') && (
          <>
            <dt>Why</dt>
            <dd>
              <Link to={`/campaigns/${campaign.id}/customers/${customer.id}`}>Did they get it?</Link>
            </dd>
          </>
        )}
        {invoice && (
          <>
            <dt>Invoice</dt>
            <dd>
              {may('invoices.read') ? <Link to={`/invoices/${invoice.id}`}>{invoice.number}</Link> : invoice.number}
            </dd>
          </>
        )}
        {message.provider && (
          <>
            <dt>Sent by</dt>
            <dd>{capital(providerWords(message.provider))}</dd>
          </>
        )}
        {message.providerId && (
          <>
            <dt>Number there</dt>
            <dd>{message.providerId}</dd>
          </>
        )}
      </dl>
    </Section>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function Links({ story: { links, message } }: { story: MessageStory }) {
  return (
    <Section title="Links in it">
      <ul className={classes.list}>
        {links.map((link) => (
          <li key={link.key} className={classes.place}>
            <span className={classes.wrap}>{capital(linkWords(link, message))}</span>
            <span className={`${classes.quiet} ${classes.small} figures`} style={{ whiteSpace: 'nowrap' }}>
              {link.clicks === 0 ? 'not clicked' : formatNoun(link.clicks, 'click')}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Whether it might go to this address when it was its turn, and whether it may now. */
function Consent({ story: { consent, message }, timeZone }: { story: MessageStory; timeZone: string }) {
  if (message.address === '') return null;
  const history = message.customer && (
    <Text size="sm" mt="xs">
      <Link to={`/customers/${message.customer.id}/consent`}>See all choices of this customer</Link>
    </Text>
  );
  if (consent === null) {
    return (
      <Section title="Consent">
        <Text>
          {message.channel === 'sms' && message.kind !== 'keyword_answer'
            ? 'It needs no yes on record, but a STOP stops it, and so does a number that texts don’t reach.'
            : 'Its recipient asked for it, so an opt-out does not stop it. An address that bounced does.'}
        </Text>
        {history}
      </Section>
    );
  }
  const { atItsTurn: then, now } = consent;
  return (
    <Section title={`Consent to ${purposeLabels[consent.purpose].toLowerCase()}`}>
      <dl className={classes.pairs}>
        <dt>Then</dt>
        <dd>
          {then === null ? 'Might be written to' : stopLabels[then.why]}
          <span className={`${classes.quiet} ${classes.small}`} style={{ display: 'block' }}>
            {then === null
              ? `on ${formatInstant(consent.asOf, timeZone)}`
              : `${howWords(then.line.how)}, ${formatInstant(then.since, timeZone)}`}
          </span>
        </dd>
        <dt>Now</dt>
        <dd>{now === null ? 'May be written to' : (stopLabels[now] ?? now)}</dd>
      </dl>
      {history}
    </Section>
  );
}
