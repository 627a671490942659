import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { Form, Link, useNavigation, useSearchParams } from '@remix-run/react';

import type { AudienceMember } from '#app/audiences/audience.server.ts';
import { tooManyTests } from '#app/messaging/test-words.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { formatAge, formatCount, formatAddress, formatMoney } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { Section } from '#app/ui/Section.tsx';
import { problemOf, type Problem } from '#builders/merge/problem.ts';

import { Leaf, type PreviewView } from './EmailView.tsx';
import { FindRecipient } from './FindRecipient.tsx';
import { channelWords } from './channel-words.ts';
import { contentStep, type Frame } from './frame.ts';
import { MessageView } from './MessageView.tsx';
import { places } from './places.ts';
import type { Preview } from './preview.server.ts';
import classes from './PreviewStep.module.css';
import { ProblemList } from './ProblemList.tsx';
import { StepsFrame } from './StepsFrame.tsx';

type Props = {
  frame: Frame;
  search: string;
  found: AudienceMember[];
  /** The recipient that was asked for does not get it any more; the first is shown instead. */
  gone: boolean;
  preview: Preview;
  total: number;
  today: string;
  currency: string;
  from: { name?: string; address: string };
  /** The number that texts come from. */
  number: string;
  problems: readonly Problem[];
  view: PreviewView;
  mayTest: boolean;
  me: string;
  sandbox: boolean;
  tested: boolean;
  /** The number that a test text went to, or was to go to. */
  to: string;
  testError: string | null;
  /** Minutes until another test may be sent; 0 when it may. */
  wait: number;
};

/** The message as any of its recipients will get it, by the engine that sends (B-08). */
export function PreviewStep(props: Props) {
  const { frame, preview } = props;
  const { recipient, message } = preview;
  const { channel } = frame.campaign;
  const step = contentStep[channel];
  const what = channelWords[channel].noun;
  return (
    <StepsFrame frame={frame} current="preview">
      {props.tested && (
        <Notice tone="done">
          The test is on its way to {channel === 'sms' ? props.to : props.me}.{' '}
          {props.sandbox ? (
            <>
              {channel === 'sms' ? 'Texts are' : 'Email is'} in the sandbox, so it lands in the{' '}
              <Link to={places.outbox}>Outbox</Link> and nowhere else.
            </>
          ) : (
            `It should be ${channel === 'sms' ? 'on your phone' : 'in your inbox'} in a minute.`
          )}
        </Notice>
      )}
      {props.gone && (
        <Alert role="status" color="amber" variant="light" mb="md" title="This customer does not get it any more">
          They paid meanwhile, or the rules leave them out now. The first in the audience is shown instead.
        </Alert>
      )}
      <div className={classes.page}>
        <Stack gap="md">
          <Recipient {...props} />
          {props.mayTest && message && channel !== 'mail' && <TestSend {...props} />}
        </Stack>
        <div className={classes.main}>
          {message ? (
            <>
              <ProblemList problems={[]} warnings={message.channel === 'sms' ? message.apart.map(takenApart) : []} />
              <MessageView
                {...props}
                message={message}
                reader={recipient?.name ?? 'an invented customer'}
                proof={`/campaigns/${frame.campaign.id}/proof${recipient ? `?invoice=${recipient.invoiceId}` : ''}`}
              />
            </>
          ) : (
            <>
              <ProblemList problems={props.problems} warnings={[]} />
              <EmptyState
                title="No preview yet"
                action={
                  <Button component={Link} to={`/campaigns/${frame.campaign.id}/${step.name}`}>
                    Open {step.label}
                  </Button>
                }
              >
                The {what} can’t be put together as it is. Correct what is listed, then come back.
              </EmptyState>
            </>
          )}
        </div>
      </div>
    </StepsFrame>
  );
}

const takenApart = (name: string) =>
  problemOf(
    'Message',
    `For this customer {{ ${name} }} holds a web address. It is sent taken apart, as addresses that are not in the text itself can’t be shortened.`,
  );

/** Whom one looks over the shoulder of: leafing, and choosing by name. */
function Recipient({ preview, total, today, currency, search, found, view }: Props) {
  const { recipient, position, previous, next } = preview;
  const [params] = useSearchParams();
  const to = (invoiceId: number) => {
    const address = new URLSearchParams(params);
    for (const name of ['q', 'tested', 'wait']) address.delete(name);
    address.set('invoice', String(invoiceId));
    return `?${address.toString()}`;
  };
  return (
    <Section title="As this recipient">
      {recipient ? (
        <>
          <Text fw={600}>{recipient.name}</Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {formatAddress(recipient.address)}
          </Text>
          <Text size="sm" c="dimmed">
            {recipient.number} · {formatAge(recipient.dueOn, today)} · {formatMoney(recipient.owedCents, currency)}
          </Text>
          <Group justify="space-between" mt="sm" gap="xs" wrap="nowrap">
            <Leaf to={previous === null ? null : to(previous)} direction="previous" />
            <Text size="sm" className="figures" role="status">
              {formatCount(position)} of {formatCount(total)}
            </Text>
            <Leaf to={next === null ? null : to(next)} direction="next" />
          </Group>
          <FindRecipient
            search={search}
            kept={{ view }}
            found={found.map((member) => ({ ...member, to: to(member.invoiceId) }))}
            among="the audience"
          />
        </>
      ) : (
        <Text c="dimmed">
          Nobody is in the audience yet, so an invented customer stands in: Dana Whitfield with invoice INV-1042.
        </Text>
      )}
    </Section>
  );
}

function TestSend({ frame, preview, me, to, testError, wait }: Props) {
  const action = `/campaigns/${frame.campaign.id}/test`;
  const busy = useNavigation().formAction === action;
  const isText = frame.campaign.channel === 'sms';
  return (
    <Section title="Send a test">
      <Form method="post" action={action}>
        {preview.recipient && <input type="hidden" name="invoice" value={preview.recipient.invoiceId} />}
        <Text size="sm" c="dimmed" mb="sm">
          {isText
            ? 'This very text, with links that work, to your own phone. The customer gets nothing.'
            : `This very email, marked as a test, to yourself: ${me}. The customer gets nothing.`}
        </Text>
        {isText && (
          <TextInput
            name="to"
            type="tel"
            autoComplete="tel"
            label="Your mobile number"
            defaultValue={to}
            error={testError}
            required
            mb="sm"
          />
        )}
        <Button type="submit" variant="default" loading={busy}>
          Send a test to me
        </Button>
        {wait > 0 && (
          <Text role="alert" size="sm" c="var(--mantine-color-error)" mt="xs">
            {tooManyTests(wait)}
          </Text>
        )}
      </Form>
    </Section>
  );
}
