import { Alert, Anchor, Text } from '@mantine/core';
import { Link } from '@remix-run/react';
import { IconAlertTriangle, IconCheck, IconCircleDashed } from '@tabler/icons-react';

import type { AudienceCounts, AudienceMember } from '#app/audiences/audience.server.ts';
import type { AudienceRules } from '#app/audiences/rules.ts';
import { audienceNoun } from '#app/audiences/words.ts';
import { ConfirmButton, ConfirmNow } from '#app/ui/ConfirmButton.tsx';
import { formatDate, formatInstant, formatMoney, formatNoun } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import type { Problem } from '#builders/merge/problem.ts';
import { priceWords } from '#builders/sms/prices.ts';
import type { Channel } from '#db/schema/columns.ts';

import { AddressesCard } from './AddressesCard.tsx';
import { AudienceCard } from './AudienceCard.tsx';
import { channelWords } from './channel-words.ts';
import type { CheckItem } from './checklist.ts';
import type { KeptHours } from './dry-run-hours.ts';
import { formatDuration, waitWords, type SendTimes, type Waits } from './dry-run.ts';
import type { Frame } from './frame.ts';
import { ProblemList } from './ProblemList.tsx';
import type { PostcardEstimate } from './postcard-estimate.server.ts';
import type { PreviewMessage } from './preview.server.ts';
import { plainLine } from './results-words.ts';
import classes from './ReviewStep.module.css';
import { StepsFrame } from './StepsFrame.tsx';
import type { TextEstimate } from './text-estimate.server.ts';
import { onReplyWords } from './words.ts';

type Mailbox = { name?: string; address: string };

type Props = {
  frame: Frame;
  items: CheckItem[];
  warnings: readonly Problem[];
  ready: boolean;
  counts: AudienceCounts;
  per: AudienceRules['per'];
  seen: { stepVersion: number; rulesVersion: string };
  channel: Channel;
  sandbox: boolean;
  from: Mailbox | null;
  replyTo: Mailbox | null;
  /** The number that texts come from. */
  number: string;
  /** Where postcards come back to. */
  returnAddress: readonly string[];
  today: string;
  timeZone: string;
  currency: string;
  /** As the first recipient gets it; null while it does not compile. */
  message: PreviewMessage | null;
  /** What texts come to; null for email, and while there is nothing to count. */
  texts: TextEstimate | null;
  /** What postcards come to; null for other channels. */
  postcards: PostcardEstimate | null;
  /** A worker was asked to look addresses up. */
  checking: boolean;
  /** Whether an answer ends what waits for whoever answers; null where nobody can answer us. */
  stopOnReply: boolean | null;
  sample: AudienceMember[];
  mayEdit: boolean;
  maySend: boolean;
  times: SendTimes | null;
  /** Null when no sending hours are kept. */
  hours: KeptHours | null;
  /** How many wait for them; null when none are kept, and while nobody gets it. */
  waits: Waits | null;
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
              <Fact term="To">
                {audienceNoun(counts.eligible, per)}, by {channelWords[props.channel].noun}
              </Fact>
              <Fact term="From">{sender(props)}</Fact>
              <Fact term={channelWords[props.channel].line}>
                {firstLine(props.message)}
                {props.message !== null && (
                  <>
                    {' '}
                    <Anchor component={Link} to={`/campaigns/${frame.campaign.id}/preview`} inherit underline="always">
                      Preview
                    </Anchor>
                  </>
                )}
              </Fact>
              {props.texts && <Texts {...props.texts} sandbox={sandbox} />}
              {props.postcards && <Postcards {...props.postcards} sandbox={sandbox} currency={props.currency} />}
              {props.stopOnReply !== null && <Fact term="Answers">{onReplyWords(props.stopOnReply)}</Fact>}
              <Fact term={`First ${channelWords[props.channel].noun}`}>{firstSend(props)}</Fact>
              <Fact term={`Last ${channelWords[props.channel].noun}`}>{lastSend(props)}</Fact>
              {props.hours && (
                <Fact term="Sending hours">
                  {props.waits && `${waitWords(props.waits, props.timeZone)}. `}
                  They are {props.hours.from} to {props.hours.to} where each customer is, less in some states.
                </Fact>
              )}
              <Fact term="Goes by">
                {sandbox
                  ? `The sandbox: nothing leaves the house, each ${channelWords[props.channel].noun} lands in the Outbox`
                  : channelWords[props.channel].provider}
              </Fact>
            </dl>
            <Text size="sm" c="dimmed" mt="sm">
              Whoever pays, unsubscribes or disputes the invoice before their turn is left out.
            </Text>
          </Section>
        </div>
        <div className={classes.column}>
          <AudienceCard
            campaignId={frame.campaign.id}
            channel={props.channel}
            counts={counts}
            sample={props.sample}
            per={per}
            today={props.today}
            currency={props.currency}
          />
          {props.postcards && (
            <div id="addresses">
              <AddressesCard
                campaignId={frame.campaign.id}
                addresses={props.postcards.addresses}
                checking={props.checking}
                mayCheck={props.mayEdit}
              />
            </div>
          )}
        </div>
      </div>
    </StepsFrame>
  );
}

function sender({ channel, from, replyTo, number, returnAddress }: Props): string {
  if (channel === 'sms') return number;
  if (channel === 'mail') return returnAddress.join(', ');
  const mailbox = from ? `${from.name ?? ''} <${from.address}>`.trim() : 'No address yet';
  return replyTo ? `${mailbox} · replies to ${replyTo.address}` : mailbox;
}

function firstLine(message: PreviewMessage | null): string {
  if (message === null) return 'Not ready yet';
  switch (message.channel) {
    case 'sms':
      return message.body;
    case 'mail':
      return message.card.front.headline || message.card.back.headline;
    default:
      return message.subject;
  }
}

/** Parts, cost, and who is longest (B-05, B-11). */
function Texts({ parts, about, price, longest, refused, sandbox }: TextEstimate & { sandbox: boolean }) {
  return (
    <>
      <Fact term="Parts">
        {about && 'About '}
        {formatNoun(parts, 'part')}. The longest text, to {longest.name}, has {formatNoun(longest.parts, 'part')}
        {refused > 0 && `; ${formatNoun(refused, 'customer')} left out, as theirs would be too long`}
      </Fact>
      <Fact term="Cost">
        {sandbox ? `Nothing in the sandbox; ${priceWords(price)} through Twilio` : priceWords(price)}
      </Fact>
    </>
  );
}

/** Size, cost, and when they arrive (B-05, B-12). */
function Postcards({
  size,
  costCents,
  misfits,
  about,
  times,
  sandbox,
  currency,
}: PostcardEstimate & { sandbox: boolean; currency: string }) {
  const cost = `about ${formatMoney(costCents, currency)} for print and postage`;
  return (
    <>
      <Fact term="Size">
        {size} inches
        {misfits > 0 &&
          `; ${about ? 'about ' : ''}${formatNoun(misfits, 'card')} left out, as ${misfits === 1 ? 'its text does' : 'their texts do'} not fit`}
      </Fact>
      <Fact term="Cost">{sandbox ? `Nothing in the sandbox; ${cost} by Lob` : sentenceCase(cost)}</Fact>
      <Fact term="Arrives">
        Between {formatDate(times.arrivesFrom)} and {formatDate(times.arrivesTo)} if launched today: two business days
        to print, then five to seven in the post. Holidays make it later.
      </Fact>
    </>
  );
}

const sentenceCase = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function firstSend({ times, waits, timeZone }: Props): string {
  if (!times) return 'When your provider answers';
  if (waits?.atOnce === 0 && waits.firstAt)
    return `When sending hours begin, ${formatInstant(waits.firstAt, timeZone)}`;
  return 'As soon as you launch';
}

function lastSend({ times, counts, waits, timeZone }: Props): string {
  if (!times) return 'Your provider did not answer just now, so the time can’t be told.';
  if (counts.eligible === 0) return 'Nobody gets it';
  // Those who wait go out last, unless the others take longer.
  if (waits?.lastAt && waits.lastAt > times.lastAt)
    return `About ${formatInstant(waits.lastAt, timeZone)} if launched now`;
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
function launchQuestion({ frame, channel, counts, per, seen, sandbox }: Props) {
  const { noun, one, inSandbox } = channelWords[channel];
  const whom = audienceNoun(counts.eligible, per);
  return {
    action: `/campaigns/${frame.campaign.id}/review`,
    title: `Launch to ${whom}?`,
    body: (
      <>
        {audienceNoun(counts.customers, 'customer')} {counts.customers === 1 ? 'gets' : 'get'}{' '}
        {counts.customers === counts.eligible ? `one ${noun}` : `${one} for each invoice`} now.{' '}
        {sandbox ? inSandbox : 'What is sent can’t be taken back; you can pause while it sends.'}
      </>
    ),
    confirm: `Launch to ${whom}`,
    fields: { stepVersion: String(seen.stepVersion), rulesVersion: seen.rulesVersion },
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
