import { Button, Group, Text } from '@mantine/core';
import { Form, Link } from '@remix-run/react';

import { Figure } from '#app/ui/Figure.tsx';
import { formatCount, formatNoun, formatShortInstant } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';

import { ageWords, jobWords, problemWords } from './operations-words.ts';
import { DUE_MOST, type AccountNow, type FailedJob, type RightNow as State } from './operations.ts';
import classes from './RightNow.module.css';
import { SendingHold } from './SendingHold.tsx';

type Props = State & {
  /** The server's instant. */
  now: string;
  timeZone: string;
  mayTry: boolean;
  mayRun: boolean;
};

/** How sending stands at this moment, for whoever runs the company. */
export function RightNow(props: Props) {
  const { email, texts, postcards, timeZone, now } = props;
  const action = props.mayTry ? '/settings/sending/try-now' : null;
  return (
    <Section title="Right now">
      {[email.hold, texts.hold, postcards.hold].map(
        (hold, index) => hold && <SendingHold key={index} {...{ hold, now, timeZone, action }} />,
      )}
      <div className={classes.figures} role="group" aria-label="Numbers of this moment">
        <Waiting {...props} />
        <Figure label="On their way" value={formatCount(props.inFlight)} note="handed over, no answer yet" />
        <Rate name="Email" {...email} />
        <Rate name="Texts" {...texts} />
        <Rate name="Postcards" {...postcards} />
        <Unknown {...props} />
        <Figure
          label="Workers"
          value={props.workers === 0 ? <span className={classes.bad}>None runs</span> : formatCount(props.workers)}
          note={props.workers === 0 ? 'Nothing goes out until one is started.' : 'alive'}
        />
      </div>
      {props.failed.length > 0 && <Failed {...props} />}
      {props.problems.length > 0 && <Problems {...props} />}
    </Section>
  );
}

function Waiting({ waiting, due, paused, single, oldestDueAt, now }: Props) {
  const parts = [
    due > 0 && `${formatCount(due)}${due >= DUE_MOST ? ' or more' : ''} due`,
    oldestDueAt && `the oldest for ${ageWords(oldestDueAt, now)}`,
    paused > 0 && `${formatCount(paused)} paused`,
    single > 0 && `and ${formatNoun(single, 'single message')}`,
  ];
  return (
    <Figure
      label="Waiting to be sent"
      value={formatCount(waiting)}
      note={parts.filter(Boolean).join(', ') || 'nothing is due'}
    />
  );
}

function Rate({ name, provider, rate }: { name: string } & AccountNow<string>) {
  if (provider === 'sandbox') return <Figure label={name} value="No limit" note="the sandbox takes what it gets" />;
  if (!rate?.allowed) return <Figure label={name} value="–" note="nothing was sent yet" />;
  const slowed = rate.share < 0.995;
  return (
    <Figure
      label={`${name} in the last minute`}
      value={formatCount(rate.lastMinute)}
      note={`handed over; ${formatCount(rate.allowed)} a second allowed${slowed ? `, slowed to ${Math.round(rate.share * 100)} % as it was too much` : ''}`}
    />
  );
}

function Unknown({ unknown, unknownIn }: Props) {
  return (
    <Figure
      label="Not known"
      value={formatCount(unknown)}
      note={
        unknown === 0
          ? 'every message has an answer'
          : unknownIn.map((one) => (
              <div key={one.campaignId}>
                <Link to={`/campaigns/${one.campaignId}/messages?show=unknown`}>
                  {formatCount(one.count)} in {one.name}
                </Link>
              </div>
            ))
      }
    />
  );
}

function Failed({ failed, mayRun, timeZone }: Props) {
  return (
    <div className={classes.list}>
      <h3>Failed jobs</h3>
      <SimpleTable<FailedJob>
        label="Failed jobs"
        rows={failed}
        rowKey={(job) => job.id}
        columns={[
          {
            key: 'what',
            label: 'What',
            cell: (job) => (
              <div className={classes.reason}>
                {jobWords(job.task)}
                <Text size="sm" c="dimmed">
                  {job.reason}
                </Text>
              </div>
            ),
          },
          {
            key: 'tries',
            label: 'Tries',
            numeric: true,
            wide: true,
            cell: (job) => `${job.attempts} of ${job.maxAttempts}`,
          },
          {
            key: 'again',
            label: 'Next try',
            cell: (job) => (job.again ? formatShortInstant(job.again, timeZone) : 'None'),
          },
          ...(mayRun
            ? [
                {
                  key: 'run',
                  label: 'Run',
                  cell: (job: FailedJob) => (
                    <Form method="post" action={`/settings/sending/jobs/${job.id}/run`}>
                      <Button
                        type="submit"
                        size="compact-sm"
                        variant="default"
                        aria-label={`Run again: ${jobWords(job.task)}`}
                      >
                        Run again
                      </Button>
                    </Form>
                  ),
                },
              ]
            : []),
        ]}
      />
    </div>
  );
}

function Problems({ problems, timeZone }: Props) {
  return (
    <div className={classes.list}>
      <h3>Last refusals</h3>
      <ul>
        {problems.map((one) => (
          <li key={one.id}>
            <Group gap={8} wrap="nowrap" align="baseline">
              <Text span size="sm" c="dimmed" className="figures" style={{ flex: 'none' }}>
                {formatShortInstant(one.at, timeZone)}
              </Text>
              <span className={classes.reason}>
                <strong>{problemWords(one.kind)}</strong> {one.message}
              </span>
            </Group>
          </li>
        ))}
      </ul>
    </div>
  );
}
