import { Button } from '@mantine/core';
import { Form, Link } from '@remix-run/react';

import { Notice } from '#app/ui/Notice.tsx';
import { ProgressBar } from '#app/ui/ProgressBar.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useLive } from '#app/ui/useLive.ts';

const ASK_EVERY_MS = 1_000;
/** Most files are small and checked in no time. */
const ASK_SOON_MS = 300;

const titles: Record<string, string> = {
  checking: 'Checking what comes in',
  queued: 'Waiting for its turn',
  running: 'Importing',
};

/** An import that is checked, waits, runs, failed or was canceled. The numbers move by themselves. */
export function ImportProgress({
  id,
  status,
  rowsDone,
  rowsTotal,
  failure,
}: {
  id: number;
  status: string;
  rowsDone: number;
  rowsTotal: number | null;
  failure: string | null;
}) {
  const moving = status in titles;
  const soon = status === 'checking' && rowsDone === 0;
  useLive(moving ? (soon ? ASK_SOON_MS : ASK_EVERY_MS) : null);
  if (status === 'failed') {
    return (
      <Form method="post" action={`/imports/${id}/reopen`}>
        <Notice tone="problem">{failure ?? 'The import failed. Nothing was imported.'}</Notice>
        <Button type="submit">Try again</Button>{' '}
        <Button variant="default" component={Link} to="/imports">
          Upload another file
        </Button>
      </Form>
    );
  }
  if (!moving) return <Notice>This import was canceled before it ran. Nothing was imported.</Notice>;
  return (
    <Section title={titles[status]}>
      <noscript>
        <meta httpEquiv="refresh" content="3" />
      </noscript>
      <ProgressBar
        done={rowsDone}
        total={rowsTotal}
        verb="rows read"
        rest={
          status === 'checking'
            ? 'Nothing changes yet: you will see what comes in'
            : 'All rows come in at once at the end'
        }
      />
      {status !== 'running' && (
        <Form method="post" action={`/imports/${id}/cancel`} style={{ marginTop: 16 }}>
          <Button type="submit" variant="default">
            Cancel import
          </Button>
        </Form>
      )}
    </Section>
  );
}
