import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
import { Link, useNavigate, useRevalidator } from '@remix-run/react';
import { IconAlertTriangle, IconCheck, IconChevronLeft, IconCircleDashed } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import { formatClock } from '#app/ui/format.ts';
import { useOffice } from '#app/ui/useOffice.ts';

import { SAVED_LATE, type SaveState } from './autosave.ts';
import { type Unsaved, LeaveGuard } from './LeaveGuard.tsx';
import { CampaignMenu } from './CampaignMenu.tsx';
import { contentStep, type Frame } from './frame.ts';
import classes from './StepsFrame.module.css';

type TakeOver = { reload: () => void; keepCopy: () => Promise<boolean> };

export type StepName = 'audience' | 'content' | 'preview' | 'review';

const words = { done: 'done', missing: 'something is missing', wrong: 'something is wrong' } as const;
const icons = { done: IconCheck, missing: IconCircleDashed, wrong: IconAlertTriangle } as const;

/**
 * The frame around the steps of a draft: where one stands, what is done, whether everything is saved, and what comes next.
 * All steps can be opened at any time; leaving one saves it first.
 */
export function StepsFrame({
  frame,
  current,
  save,
  autosave,
  takeOver,
  actions,
  children,
}: {
  frame: Frame;
  current: StepName;
  /** Left out where nothing is edited. */
  save?: SaveState;
  /** Saves what waits before the page is left. */
  autosave?: Unsaved;
  /** What to do with one's own version when somebody else saved first. */
  takeOver?: TakeOver;
  actions?: React.ReactNode;
  children: React.ReactNode;
}) {
  const { campaign } = frame;
  const navigate = useNavigate();
  const revalidator = useRevalidator();
  useEffect(() => {
    // A save that was under way when the page before was left.
    const reload = () => revalidator.revalidate();
    window.addEventListener(SAVED_LATE, reload);
    return () => window.removeEventListener(SAVED_LATE, reload);
  }, [revalidator]);
  const leave = (to: string) => (event: React.MouseEvent) => {
    if (!autosave || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    void autosave.flush().then(() => navigate(to));
  };
  const content = contentStep[campaign.channel];
  const steps = [
    { id: 'audience', name: 'audience', label: 'Audience' },
    { id: 'content', ...content },
    { id: 'review', name: 'review', label: 'Review' },
  ] as const;
  const next = { audience: content.name, content: 'review', preview: 'review', review: null }[current];
  return (
    <>
      <header className={classes.header}>
        <div className={classes.title}>
          <Anchor component={Link} to="/campaigns" onClick={leave('/campaigns')} className={classes.back} c="dimmed">
            <IconChevronLeft size={16} aria-hidden />
            Campaigns
          </Anchor>
          <Group gap={6} wrap="nowrap" style={{ minWidth: 0 }}>
            <h1 className={classes.name}>{campaign.name}</h1>
            <CampaignMenu campaign={{ ...campaign, status: 'draft', archived: false }} />
          </Group>
        </div>
        <nav aria-label="Steps" className={classes.steps}>
          <ol>
            {steps.map((step, index) => {
              const state = frame.steps[step.id];
              const Icon = icons[state];
              const to = `/campaigns/${campaign.id}/${step.name}`;
              return (
                <li key={step.name}>
                  <Link
                    to={to}
                    onClick={leave(to)}
                    className={classes.step}
                    data-state={state}
                    aria-current={current === step.id ? 'step' : undefined}
                  >
                    <span className={classes.number}>{index + 1}</span>
                    <span>{step.label}</span>
                    <Icon size={16} aria-hidden className={classes.icon} />
                    <span className="visually-hidden">: {words[state]}</span>
                  </Link>
                </li>
              );
            })}
          </ol>
        </nav>
        <Group gap="xs" className={classes.actions}>
          {save && <SaveStatus state={save} />}
          {actions}
          {current !== 'preview' && current !== 'review' && (
            <Button
              variant="default"
              component={Link}
              to={`/campaigns/${campaign.id}/preview`}
              onClick={leave(`/campaigns/${campaign.id}/preview`)}
            >
              Preview
            </Button>
          )}
          {next && (
            <Button
              component={Link}
              to={`/campaigns/${campaign.id}/${next}`}
              onClick={leave(`/campaigns/${campaign.id}/${next}`)}
            >
              Next
            </Button>
          )}
        </Group>
      </header>
      {save && autosave && <LeaveGuard state={save} autosave={autosave} />}
      {save && takeOver && <SaveTrouble state={save} campaignId={campaign.id} takeOver={takeOver} />}
      {children}
    </>
  );
}

/** "Saved, 10:42", and whatever else is true of it. */
function SaveStatus({ state }: { state: SaveState }) {
  const { company } = useOffice();
  const text = {
    saved: state.kind === 'saved' && state.at ? `Saved, ${formatClock(state.at, company.timeZone)}` : 'Saved',
    saving: 'Saving …',
    failed: 'Not saved yet',
    conflict: 'Not saved',
    launched: 'Not saved',
    invalid: 'Not saved yet',
  }[state.kind];
  const fine = state.kind === 'saved' || state.kind === 'saving';
  return (
    <Text size="sm" c={fine ? 'dimmed' : 'var(--fp-overdue)'} role="status" className={`figures ${classes.saved}`}>
      {text}
    </Text>
  );
}

/** What keeps changes from being saved: what happened, what it means, what to do. */
function SaveTrouble({ state, campaignId, takeOver }: { state: SaveState; campaignId: number; takeOver: TakeOver }) {
  const { company } = useOffice();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  if (state.kind === 'failed') {
    return (
      <Alert role="alert" color="amber" variant="light" mb="md" title="Not saved yet">
        {state.message}
      </Alert>
    );
  }
  if (state.kind === 'launched') {
    return (
      <Alert role="alert" color="brick" variant="light" mb="md" title="This campaign was launched meanwhile">
        What was sent can’t be changed. Your last changes are not in it.{' '}
        <Anchor component={Link} to={`/campaigns/${campaignId}`} inherit underline="always">
          See how it goes
        </Anchor>
      </Alert>
    );
  }
  if (state.kind !== 'conflict') return null;
  return (
    <Alert
      role="alert"
      color="brick"
      variant="light"
      mb="md"
      title={`${state.by} saved this at ${formatClock(state.at, company.timeZone)}, after you opened it`}
    >
      Your last changes are not saved, so that nothing of theirs is lost. Load their version and make your changes
      again, or keep yours as a campaign of its own.
      <Group gap="xs" mt="sm">
        <Button variant="default" onClick={takeOver.reload}>
          Load their version
        </Button>
        <Button
          variant="default"
          loading={busy}
          onClick={() => {
            setBusy(true);
            setFailed(false);
            void takeOver.keepCopy().then((kept) => {
              setBusy(false);
              setFailed(!kept);
            });
          }}
        >
          Keep mine as a copy
        </Button>
      </Group>
      {failed && <Text mt="xs">The copy could not be made. Your changes are still here: try again.</Text>}
    </Alert>
  );
}
