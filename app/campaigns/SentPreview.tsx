import { Anchor, Group, Text } from '@mantine/core';
import { Link, useSearchParams } from '@remix-run/react';

import { EmptyState } from '#app/ui/EmptyState.tsx';
import { formatAddress, formatInstant } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';

import { Leaf, type PreviewView } from './EmailView.tsx';
import { channelWords } from './channel-words.ts';
import { FindRecipient } from './FindRecipient.tsx';
import { messageState } from './message-words.ts';
import { MessageView } from './MessageView.tsx';
import type { SentPreview as Preview } from './preview.server.ts';
import classes from './PreviewStep.module.css';
import { explainReason } from './reasons.ts';
import type { PersonRow } from './results.server.ts';

type Props = {
  id: number;
  name: string;
  /** Null while the audience is being made into messages. */
  preview: Preview | null;
  search: string;
  found: PersonRow[];
  view: PreviewView;
  timeZone: string;
};

/** What a launched campaign says to any of its recipients (B-08): the content cannot change any more. */
export function SentPreview({ id, name, preview, search, found, view, timeZone }: Props) {
  return (
    <>
      <PageHeader
        title={
          preview?.message
            ? `The ${channelWords[preview.message.channel].noun}, by recipient`
            : 'The message, by recipient'
        }
        back={{ to: `/campaigns/${id}`, label: name }}
      >
        The text as it was launched, with each customer’s name and amounts as they are now.
      </PageHeader>
      {preview === null ? (
        <EmptyState title="No message yet" action={<Link to={`/campaigns/${id}`}>See how it goes</Link>}>
          The audience is still being made into messages.
        </EmptyState>
      ) : (
        <div className={classes.page}>
          <Recipient preview={preview} search={search} found={found} view={view} timeZone={timeZone} />
          <div className={classes.main}>
            {preview.message ? (
              <MessageView
                message={preview.message}
                from={preview.from}
                number={preview.number}
                view={view}
                reader={preview.recipient.name}
                proof={`/campaigns/${id}/proof?message=${preview.recipient.messageId}`}
              />
            ) : (
              <EmptyState
                title="This message can’t be shown"
                action={<Link to={`/campaigns/${id}`}>See the campaign</Link>}
              >
                Its content can’t be read any more.
              </EmptyState>
            )}
          </div>
        </div>
      )}
    </>
  );
}

function Recipient({
  preview,
  search,
  found,
  view,
  timeZone,
}: { preview: Preview } & Omit<Props, 'id' | 'name' | 'preview'>) {
  const { recipient, previous, next } = preview;
  const [params] = useSearchParams();
  const to = (messageId: number) => {
    const address = new URLSearchParams(params);
    address.delete('q');
    address.set('message', String(messageId));
    return `?${address.toString()}`;
  };
  const { label, tone } = messageState(recipient);
  return (
    <Section title="As this recipient">
      <Text fw={600}>
        <Anchor component={Link} to={`/customers/${recipient.customerId}`} inherit>
          {recipient.name}
        </Anchor>
      </Text>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {formatAddress(recipient.address) || 'No address'}
      </Text>
      <Text size="sm" c="dimmed">
        {recipient.number}
        {recipient.sentAt !== null && ` · sent ${formatInstant(recipient.sentAt, timeZone)}`}
      </Text>
      <Text component="div" mt="xs">
        <StatusBadge tone={tone}>{label}</StatusBadge>
      </Text>
      {recipient.reason && (
        <Text size="sm" c="dimmed" mt={4}>
          {explainReason(recipient.reason).why}
        </Text>
      )}
      <Group justify="space-between" mt="sm" gap="xs" wrap="nowrap">
        <Leaf to={previous === null ? null : to(previous)} direction="previous" />
        <Leaf to={next === null ? null : to(next)} direction="next" />
      </Group>
      <FindRecipient
        search={search}
        kept={{ view, message: recipient.messageId }}
        found={found.map((person) => ({ ...person, to: to(person.messageId) }))}
        among="this campaign"
      />
    </Section>
  );
}
