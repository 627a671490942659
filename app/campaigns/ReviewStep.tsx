import { Alert, Anchor, Text } from '@mantine/core';
import { Link } from '@remix-run/react';
import { IconAlertTriangle, IconCheck, IconCircleDashed } from '@tabler/icons-react';

import type { AudienceCounts, AudienceMember } from '#app/audiences/audience.server.ts';
import type { AudienceRules } from '#app/audiences/rules.ts';
import { audienceNoun } from '#app/audiences/words.ts';
import { ConfirmButton, ConfirmNow } from '#app/ui/ConfirmButton.tsx';
import { formatInstant } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import type { Problem } from '#builders/merge/problem.ts';

import { AudienceCard } from './AudienceCard.tsx';
import type { CheckItem } from './checklist.ts';
import type { KeptHours } from './dry-run-hours.ts';
import { formatDuration, type SendTimes } from './dry-run.ts';
import type { Frame } from './frame.ts';
import { ProblemList } from './ProblemList.tsx';
import { plainLine } from './results-words.ts';
import classes from './ReviewStep.module.css';
import { StepsFrame } from './StepsFrame.tsx';

type Mailbox = { name?: string; address: string };

type Props = {
  frame: Frame;
  items: CheckItem[];
  warnings: readonly Problem[];
  ready: boolean;
  counts: AudienceCounts;
  per: AudienceRules['per'];
  seen: { emailVersion: number; rulesVersion: string };
  sandbox: boolean;
  from: Mailbox | null;
  replyTo: Mailbox | null;
  today: string;
  timeZone: string;
  currency: string;
  /** As the first recipient reads it; null while the email does not compile. */
  subject: string | null;
  sample: AudienceMember[];
  maySend: boolean;
  times: SendTimes | null;
  /** Null when email keeps no sending hours. */
  hours: KeptHours | null;
  refused: string | null;
  /** Launch was clicked where no dialog could ask. */
  ask: boolean;
};

/** Step 3: what will happen (B-05), what is missing, and the one button that sends. */
export function ReviewStep(props: Props) {
  const { frame, counts, per, sandbox } = props;
  const missing = props.items.filter((item) => item.state !== 'done').length;
  return (
    <StepsFrame frame={frame} current="review" actions={<Launch {...props} missing={missing} />}>
      {props.refused && (
        <Alert role="alert" color="brick" variant="light" mb="md" title="Not launched">
          {props.refused}
        </Alert>
      )}
      {props.ask && props.maySend && props.ready && (
        <ConfirmNow {...launchQuestion(props)} back={`/campaigns/${frame.campaign.id}/review`} />
      )}
      <div className={classes.page}>
        <div className={classes.main}>
          <Section title={missing === 0 ? 'Everything is ready' : 'Before launch'} flush>
            <ul className={classes.checks}>
              {props.items.map((item) => (
                <Check key={item.id} item={item} />
              ))}
            </ul>
          </Section>
          <ProblemList problems={[]} warnings={props.warnings} />
          <Section title="What will be sent">
            <dl className={classes.facts}>
              <Fact term="To">{audienceNoun(counts.eligible, per)}, by email</Fact>
              <Fact term="From">
                {props.from ? `${props.from.name ?? ''} <${props.from.address}>`.trim() : 'No address yet'}
                {props.replyTo && ` · replies to ${props.replyTo.address}`}
              </Fact>
              <Fact term="Subject">
                {props.subject ?? 'Not ready yet'}
                {props.subject !== null && (
                  <>
                    {' '}
                    <Anchor component={Link} to={`/campaigns/${frame.campaign.id}/preview`} inherit underline="always">
                      Preview
                    </Anchor>
                  </>
                )}
              </Fact>
              <Fact term="First email">{firstEmail(props)}</Fact>
              <Fact term="Last email">
                {lastEmail(props)}
                {props.hours && props.counts.eligible > 0 && '; later for whoever waits for hours'}
              </Fact>
              {props.hours && (
                <Fact term="Sending hours">
                  {props.hours.from} to {props.hours.to} where each customer is, less in some states. Whoever is out of
                  hours waits for them.
                </Fact>
              )}
              <Fact term="Goes by">
                {sandbox ? 'The sandbox: nothing leaves the house, each email lands in the Outbox' : 'Amazon SES'}
              </Fact>
            </dl>
            <Text size="sm" c="dimmed" mt="sm">
              Whoever pays, unsubscribes or disputes the invoice before their turn is left out.
            </Text>
          </Section>
        </div>
        <AudienceCard
          campaignId={frame.campaign.id}
          counts={counts}
          sample={props.sample}
          per={per}
          today={props.today}
          currency={props.currency}
        />
      </div>
    </StepsFrame>
  );
}

function firstEmail({ times, hours, timeZone }: Props): string {
  if (!times) return 'When your provider answers';
  if (!hours?.opensAt) return 'As soon as you launch';
  return `At once wherever it is sending hours; about ${formatInstant(hours.opensAt, timeZone)} where you are`;
}

function lastEmail({ times, counts, timeZone }: Props): string {
  if (!times) return 'Your email provider did not answer just now, so the time can’t be told.';
  if (counts.eligible === 0) return 'Nobody gets it';
  const seconds = (Date.parse(times.lastAt) - Date.parse(times.firstAt)) / 1000;
  if (seconds < 60) return 'Less than a minute later';
  const pace = times.perSecond === null ? '' : ` at ${times.perSecond} a second`;
  return `${formatDuration(seconds)} later${pace}, about ${formatInstant(times.lastAt, timeZone)} if launched now`;
}

function Launch({ missing, ...props }: Props & { missing: number }) {
  const { ready, counts, per, maySend } = props;
  if (!maySend) {
    return (
      <Text size="sm" c="dimmed">
        A marketer or administrator launches it.
      </Text>
    );
  }
  if (!ready) {
    return (
      <Text size="sm" c="dimmed">
        {missing === 1 ? 'One thing is missing' : `${missing} things are missing`}
      </Text>
    );
  }
  return <ConfirmButton {...launchQuestion(props)}>Launch to {audienceNoun(counts.eligible, per)}</ConfirmButton>;
}

/** What is asked once before anything goes out: it names the number. */
function launchQuestion({ frame, counts, per, seen, sandbox }: Props) {
  const whom = audienceNoun(counts.eligible, per);
  return {
    action: `/campaigns/${frame.campaign.id}/review`,
    title: `Launch to ${whom}?`,
    body: (
      <>
        {audienceNoun(counts.customers, 'customer')} {counts.customers === 1 ? 'gets' : 'get'}{' '}
        {counts.customers === counts.eligible ? 'one email' : 'an email for each invoice'} now.{' '}
        {sandbox
          ? 'Email is in the sandbox: it lands in the Outbox and reaches nobody.'
          : 'What is sent can’t be taken back; you can pause while it sends.'}
      </>
    ),
    confirm: `Launch to ${whom}`,
    fields: { emailVersion: String(seen.emailVersion), rulesVersion: seen.rulesVersion },
  };
}

const icons = { done: IconCheck, missing: IconCircleDashed, wrong: IconAlertTriangle };
const states = { done: 'Done', missing: 'Missing', wrong: 'Wrong' };

function Check({ item }: { item: CheckItem }) {
  const Icon = icons[item.state];
  return (
    <li className={classes.check} data-state={item.state}>
      <Icon size={18} aria-hidden className={classes.icon} />
      <div className={classes.what}>
        <Text span fw={item.state === 'done' ? 400 : 600}>
          {item.label}
        </Text>
        <span className="visually-hidden">: {states[item.state]}.</span>
        {item.state !== 'done' && (
          <Text size="sm" component="div">
            {item.message}{' '}
            <Anchor component={Link} to={item.to} inherit underline="always">
              Open {item.place}
            </Anchor>
            {item.problems.map((problem, index) => (
              <div key={index}>
                {problem.where}: {problem.message}
              </div>
            ))}
          </Text>
        )}
      </div>
      {item.state === 'done' && item.detail && (
        <Text span size="sm" c="dimmed" className={classes.detail}>
          {item.id === 'subject' ? plainLine(item.detail) : item.detail}
        </Text>
      )}
    </li>
  );
}

function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
