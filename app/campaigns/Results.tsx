import { Alert, Anchor, Group, Text } from '@mantine/core';
import { Link, useRevalidator, useSearchParams } from '@remix-run/react';
import { useEffect } from 'react';

import { ConfirmButton, ConfirmNow } from '#app/ui/ConfirmButton.tsx';
import { dateIn, formatCount, formatDollars, formatInstant, formatNoun } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { ProgressBar } from '#app/ui/ProgressBar.tsx';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';

import { CampaignMenu, type MenuCampaign } from './CampaignMenu.tsx';
import type { EmailCost } from './cost.server.ts';
import { DollarsByDay } from './DollarsByDay.tsx';
import { formatDuration } from './dry-run.ts';
import { Funnel } from './Funnel.tsx';
import { Money } from './Money.tsx';
import { NotSent } from './NotSent.tsx';
import classes from './Results.module.css';
import { everyDay, plainLine, secondsLeft } from './results-words.ts';
import type { CampaignResults } from './results.server.ts';
import { isRunning, statusWords } from './words.ts';

type Props = {
  campaign: MenuCampaign;
  results: CampaignResults;
  cost: EmailCost;
  now: string;
  today: string;
  timeZone: string;
  currency: string;
  maySend: boolean;
};

/** How often a campaign that sends is looked at again, and how often one whose dollars may still come in. */
const LIVE_MS = 1_500;
const CALM_MS = 15_000;

/** One launched campaign: dollars collected first, then progress, funnel, and why somebody got nothing. */
export function Results(props: Props) {
  const { campaign, results, timeZone, currency } = props;
  useLive(isRunning(results.status) && results.status !== 'paused' ? LIVE_MS : CALM_MS);
  const [params] = useSearchParams();
  const { label, tone } = statusWords[results.status];
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
        <ConfirmNow {...cancelQuestion(campaign.id, results.funnel.waiting)} back={`/campaigns/${campaign.id}`} />
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
            </div>
          )}
        </Section>
        <div className={classes.pair}>
          <div className={classes.column}>
            <Section title="What came of it">
              <Funnel campaignId={campaign.id} funnel={results.funnel} paid={results.invoicesPaid} />
            </Section>
            <NotSent campaignId={campaign.id} reasons={results.reasons} />
          </div>
          <div className={classes.column}>
            <Section title="Dollars by day">
              <DollarsByDay title="Collected by day" days={everyDay(results.days, launchedOn, props.today)} />
            </Section>
            <Section title="By step">
              <Steps results={results} currency={currency} />
              <Group gap="4px 24px" mt="sm">
                <Anchor component={Link} to={`/campaigns/${campaign.id}/sent`} size="sm">
                  See the email
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
            <Text fw={500}>Email {step.position}</Text>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {plainLine(step.subject)}
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

/** Loads the page's numbers again while somebody looks at it. */
function useLive(everyMs: number) {
  const { state, revalidate } = useRevalidator();
  useEffect(() => {
    if (state !== 'idle') return;
    const timer = setTimeout(() => {
      if (document.visibilityState === 'visible') revalidate();
    }, everyMs);
    const back = () => document.visibilityState === 'visible' && revalidate();
    document.addEventListener('visibilitychange', back);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', back);
    };
  }, [everyMs, state, revalidate]);
}

function Progress({ results, now }: Props) {
  const { total, waiting, skipped } = results.funnel;
  if (results.status === 'launching')
    return <ProgressBar done={0} total={null} verb="written so far" rest="Getting the audience ready" />;
  const planned = total - skipped;
  const done = planned - waiting;
  const left = results.launchedAt ? secondsLeft(done, planned, results.launchedAt, now) : null;
  const rest = results.status === 'paused' ? 'Paused' : left === null ? undefined : `${formatDuration(left)} left`;
  return <ProgressBar done={done} total={planned} verb="sent" rest={rest} />;
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
          body={`${formatNoun(waiting, 'message')} not sent yet will wait until somebody resumes it.`}
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
      <ConfirmButton {...cancelQuestion(campaign.id, waiting)} variant="default">
        Cancel
      </ConfirmButton>
    </>
  );
}

function cancelQuestion(id: number, waiting: number) {
  return {
    action: `/campaigns/${id}/cancel`,
    color: 'brick',
    title: 'Cancel this campaign?',
    body: `${formatNoun(waiting, 'message')} not sent yet will never be sent. What was sent stays, with its results.`,
    confirm: 'Cancel campaign',
  };
}
