import { Alert, Anchor, Group, Text } from '@mantine/core';
import { Link, useSearchParams } from '@remix-run/react';

import type { BreakerHold } from '#app/messaging/operations.ts';
import { SendingHold } from '#app/messaging/SendingHold.tsx';
import { ConfirmButton, ConfirmNow } from '#app/ui/ConfirmButton.tsx';
import { dateIn, formatCount, formatDollars, formatInstant, formatNoun } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { ProgressBar } from '#app/ui/ProgressBar.tsx';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useLive } from '#app/ui/useLive.ts';

import { CampaignMenu, type MenuCampaign } from './CampaignMenu.tsx';
import { channelWords } from './channel-words.ts';
import type { CampaignCost } from './cost.server.ts';
import { DollarsByDay } from './DollarsByDay.tsx';
import { formatDuration } from './dry-run.ts';
import { Funnel } from './Funnel.tsx';
import { Money } from './Money.tsx';
import { NotSent } from './NotSent.tsx';
import classes from './Results.module.css';
import { everyDay, plainLine, secondsLeft } from './results-words.ts';
import type { CampaignResults } from './results.server.ts';
import { isRunning, onReplyWords, statusWords, waitingWords } from './words.ts';

type Props = {
  campaign: MenuCampaign & { stopOnReply: boolean };
  results: CampaignResults;
  cost: CampaignCost;
  /** Why it waits though nobody paused it. */
  hold: BreakerHold | null;
  now: string;
  today: string;
  timeZone: string;
  currency: string;
  maySend: boolean;
};

/** How often a campaign that sends is looked at again, and how often one whose dollars may still come in. */
const LIVE_MS = 1_500;
const CALM_MS = 15_000;

/** So long after the last message providers tell what became of most. */
const NEWS_MS = 120_000;

/** It sends, or did so a moment ago. */
const isMoving = ({ status, finishedAt }: CampaignResults, now: string) =>
  finishedAt === null
    ? isRunning(status) && status !== 'paused'
    : new Date(now).getTime() - new Date(finishedAt).getTime() < NEWS_MS;

/** One launched campaign: dollars collected first, then progress, funnel, and why somebody got nothing. */
export function Results(props: Props) {
  const { campaign, results, timeZone, currency } = props;
  const channel = results.steps[0]?.channel ?? 'email';
  useLive(isMoving(results, props.now) ? LIVE_MS : CALM_MS);
  const [params] = useSearchParams();
  const waits = props.hold !== null && results.status === 'sending';
  const { label, tone } = waits ? waitingWords : statusWords[results.status];
  const launchedOn = results.launchedAt ? dateIn(timeZone, new Date(results.launchedAt)) : props.today;
  return (
    <>
      <PageHeader
        title={campaign.name}
        state={
          <>
            <StatusBadge tone={tone}>{label}</StatusBadge>
            <CampaignMenu campaign={campaign} />
          </>
        }
        back={{ to: '/campaigns', label: 'Campaigns' }}
        actions={props.maySend && isRunning(results.status) && <Turns {...props} />}
      >
        {results.launchedAt && (
          <>
            {results.funnel.total > 0 && `${formatNoun(results.funnel.total, 'message')} · `}launched{' '}
            {formatInstant(results.launchedAt, timeZone)}
          </>
        )}
      </PageHeader>
      {params.get('ask') === 'cancel' && props.maySend && isRunning(results.status) && (
        <ConfirmNow {...cancelQuestion(campaign.id, results)} back={`/campaigns/${campaign.id}`} />
      )}
      {props.hold && waits && (
        <SendingHold
          hold={props.hold}
          now={props.now}
          timeZone={timeZone}
          action={props.maySend ? `/campaigns/${campaign.id}/try-now` : null}
        />
      )}
      {results.status === 'paused' && (
        <Alert role="status" color="amber" variant="light" mb="md" title="Paused">
          {results.pauseReason
            ? `Sending stopped by itself: ${results.pauseReason} When it is put right, resume.`
            : 'Nothing goes out until somebody resumes it. Nobody gets anything twice.'}
        </Alert>
      )}
      <div className={classes.page}>
        <Section>
          <Money results={results} cost={props.cost} currency={currency} />
          {isRunning(results.status) && (
            <div className={classes.progress}>
              <Progress {...props} />
              <Hours results={results} timeZone={timeZone} />
            </div>
          )}
        </Section>
        <div className={classes.pair}>
          <div className={classes.column}>
            <Section title="What came of it">
              <Funnel campaignId={campaign.id} channel={channel} funnel={results.funnel} paid={results.invoicesPaid} />
            </Section>
            <NotSent campaignId={campaign.id} reasons={results.reasons} />
          </div>
          <div className={classes.column}>
            <Section title="Dollars by day">
              <DollarsByDay title="Collected by day" days={everyDay(results.days, launchedOn, props.today)} />
            </Section>
            <Section title="By step">
              <Steps results={results} currency={currency} />
              {channel === 'sms' && (
                <Text size="sm" c="dimmed" mt="sm">
                  {onReplyWords(campaign.stopOnReply)}.
                </Text>
              )}
              <Group gap="4px 24px" mt="sm">
                <Anchor component={Link} to={`/campaigns/${campaign.id}/sent`} size="sm">
                  See the {channelWords[channel].noun}
                </Anchor>
                <Anchor component={Link} to={`/campaigns/${campaign.id}/messages`} size="sm">
                  Every message, by person
                </Anchor>
              </Group>
            </Section>
          </div>
        </div>
      </div>
    </>
  );
}

function Steps({ results, currency }: { results: CampaignResults; currency: string }) {
  return (
    <ol className={classes.steps}>
      {results.steps.map((step) => (
        <li key={step.stepId}>
          <div>
            <Text fw={500}>
              {channelWords[step.channel].label} {step.position}
            </Text>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {plainLine(step.channel === 'email' ? step.subject : step.text)}
            </Text>
          </div>
          <Text className="figures" ta="right">
            {formatDollars(step.directCents + step.influencedCents, currency)}
            <Text span size="sm" c="dimmed" display="block">
              {formatCount(step.sent)} sent
            </Text>
          </Text>
        </li>
      ))}
    </ol>
  );
}

function Progress({ results, hold, now }: Props) {
  const { total, waiting, skipped } = results.funnel;
  if (results.status === 'launching')
    return <ProgressBar done={0} total={null} verb="written so far" rest="Getting the audience ready" />;
  const planned = total - skipped;
  const done = planned - waiting;
  const left = results.launchedAt ? secondsLeft(done, planned, results.launchedAt, now) : null;
  // Who waits for sending hours goes by the clock, not by the pace so far.
  const byClock = results.hours.waiting > 0;
  const rest =
    results.status === 'paused' || hold
      ? 'Paused'
      : left === null || byClock
        ? undefined
        : `${formatDuration(left)} left`;
  return <ProgressBar done={done} total={planned} verb="sent" rest={rest} />;
}

/** Who waits for sending hours where they are (B-14). */
function Hours({ results, timeZone }: Pick<Props, 'results' | 'timeZone'>) {
  const { waiting, nextAt } = results.hours;
  if (waiting === 0 || !nextAt) return null;
  return (
    <Text size="sm" c="dimmed" mt="xs">
      {formatNoun(waiting, 'message')} {waiting === 1 ? 'waits' : 'wait'} for sending hours, next at{' '}
      {formatInstant(nextAt, timeZone)}
    </Text>
  );
}

/** Pause, resume, cancel (B-06). */
function Turns({ campaign, results }: Props) {
  const at = `/campaigns/${campaign.id}`;
  const { waiting } = results.funnel;
  return (
    <>
      {results.status === 'sending' && (
        <ConfirmButton
          action={`${at}/pause`}
          variant="default"
          title="Pause this campaign?"
          body={`${formatNoun(waiting, 'message')} not sent yet will wait until somebody resumes it.${recallWords(results)}`}
          confirm="Pause"
        >
          Pause
        </ConfirmButton>
      )}
      {results.status === 'paused' && (
        <ConfirmButton
          action={`${at}/resume`}
          title="Resume this campaign?"
          body={`It goes on with the ${formatNoun(waiting, 'message')} that are left. Nobody gets anything twice.`}
          confirm="Resume"
        >
          Resume
        </ConfirmButton>
      )}
      <ConfirmButton {...cancelQuestion(campaign.id, results)} variant="default">
        Cancel
      </ConfirmButton>
    </>
  );
}

/** What is taken back as far as it still can be. */
const recallWords = ({ steps, funnel }: CampaignResults) =>
  steps.some(({ channel }) => channel === 'mail') && funnel.sent > funnel.mailed
    ? ' Postcards that are not in print yet are taken back.'
    : '';

function cancelQuestion(id: number, results: CampaignResults) {
  return {
    action: `/campaigns/${id}/cancel`,
    color: 'brick',
    title: 'Cancel this campaign?',
    body: `${formatNoun(results.funnel.waiting, 'message')} not sent yet will never be sent. What was sent stays, with its results.${recallWords(results)}`,
    confirm: 'Cancel campaign',
  };
}
