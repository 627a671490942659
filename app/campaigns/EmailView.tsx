import { Button, Text } from '@mantine/core';
import { Link, useSearchParams } from '@remix-run/react';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';

import classes from './PreviewStep.module.css';

export const previewViews = ['desktop', 'phone', 'text'] as const;
export type PreviewView = (typeof previewViews)[number];

const viewLabels: Record<PreviewView, string> = { desktop: 'Desktop', phone: 'Phone', text: 'Text only' };

type Mail = { subject: string; preheader: string; html: string; text: string };

/**
 * An email as one recipient's mail program shows it, with its line in the inbox above.
 * @param reader whose email it is
 */
export function EmailView({
  email,
  from,
  view,
  reader,
}: {
  email: Mail;
  from: { name?: string; address: string };
  view: PreviewView;
  reader: string;
}) {
  return (
    <div className={classes.mail}>
      <InboxLine from={from} subject={email.subject} preheader={email.preheader} />
      {view === 'text' ? (
        <pre className={classes.text} tabIndex={0} aria-label="Text part of the email">
          {email.text}
        </pre>
      ) : (
        <div className={classes.stage}>
          {/* Nothing in the email may run, open or post anything here. */}
          <iframe
            title={`The email as ${reader} gets it`}
            sandbox=""
            srcDoc={email.html}
            className={classes.frame}
            data-view={view}
          />
        </div>
      )}
    </div>
  );
}

/** Desktop, phone or text; the choice stands in the address as `view`. */
export function ViewLinks({ view }: { view: PreviewView }) {
  const [params] = useSearchParams();
  const to = (next: PreviewView) => {
    const address = new URLSearchParams(params);
    for (const name of ['tested', 'wait']) address.delete(name);
    address.set('view', next);
    return `?${address.toString()}`;
  };
  return (
    <nav aria-label="View" className={classes.views}>
      {previewViews.map((each) => (
        <Link key={each} to={to(each)} aria-current={each === view ? 'true' : undefined} preventScrollReset>
          {viewLabels[each]}
        </Link>
      ))}
    </nav>
  );
}

/** One step among the recipients; there is none at the ends. */
export function Leaf({ to, direction }: { to: string | null; direction: 'previous' | 'next' }) {
  const label = direction === 'previous' ? 'Previous recipient' : 'Next recipient';
  const Icon = direction === 'previous' ? IconChevronLeft : IconChevronRight;
  if (!to) {
    return (
      <Button variant="default" size="compact-md" disabled aria-label={label}>
        <Icon size={16} aria-hidden />
      </Button>
    );
  }
  return (
    <Button variant="default" size="compact-md" component={Link} to={to} aria-label={label} preventScrollReset>
      <Icon size={16} aria-hidden />
    </Button>
  );
}

/** How it stands in the list of an inbox. */
function InboxLine({
  from,
  subject,
  preheader,
}: { from: { name?: string; address: string } } & Omit<Mail, 'html' | 'text'>) {
  return (
    <div className={classes.inbox}>
      <Text span fw={600} truncate>
        {from.name || from.address}
      </Text>
      <Text span className={classes.subject}>
        <Text span fw={600} inherit>
          {subject}
        </Text>
        {preheader && (
          <Text span c="dimmed" inherit>
            {' '}
            – {preheader}
          </Text>
        )}
      </Text>
    </div>
  );
}
