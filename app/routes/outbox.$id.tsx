import { Code, Text } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useParams, useSearchParams } from '@remix-run/react';

import { messageKindLabels } from '#app/messaging/kinds.ts';
import { readOutboxEmail } from '#app/messaging/outbox.server.ts';
import { formatInstant } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { TabLinks } from '#app/ui/TabLinks.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './outbox.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.email.subject || 'Email'} · Outbox · Fieldpost` },
];

const views = ['text', 'headers', 'source'] as const;

/** One email as its customer got it: HTML, text, headers, source. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'outbox.read');
  const id = idParam(args.params.id);
  const view = args.params.view ?? null;
  if (view !== null && !views.some((one) => one === view)) throw notFound();
  const email = await staff.tx((tx) => readOutboxEmail(tx, id));
  if (!email || (email.message?.kind === 'staff_invitation' && !staff.may('staff.manage'))) throw notFound();
  const { html, source, ...rest } = email;
  return {
    email: { ...rest, hasHtml: html !== null, source: view === 'source' ? source : null, bytes: source.length },
  };
}

export default function OutboxEmail() {
  const { email } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  const { view } = useParams();
  const at = `/outbox/${email.id}`;
  return (
    <>
      <PageHeader title={email.subject || '(no subject)'} back={{ to: '/outbox', label: 'Outbox' }} />
      <Section>
        <dl className={classes.envelope}>
          <dt>From</dt>
          <dd>{email.sender}</dd>
          <dt>To</dt>
          <dd>
            {email.recipient}
            {email.message?.customerId && (
              <>
                {' · '}
                <Link to={`/customers/${email.message.customerId}/messages`}>see the customer</Link>
              </>
            )}
          </dd>
          {email.attachments.length > 0 && (
            <>
              <dt>Attached</dt>
              <dd>
                {email.attachments.map(({ name, bytes }) => `${name} (${Math.ceil(bytes / 1024)} KB)`).join(', ')}
              </dd>
            </>
          )}
          <dt>Sent</dt>
          <dd>
            {formatInstant(email.at, company.timeZone)}
            {email.message && ` · ${messageKindLabels[email.message.kind]}`}
            {email.message && (
              <>
                {' · '}
                <Link to={`/messages/${email.message.id}`}>what became of it</Link>
              </>
            )}
            {email.message?.campaignId && (
              <>
                {' · '}
                <Link to={`/campaigns/${email.message.campaignId}`}>see the campaign</Link>
              </>
            )}
          </dd>
        </dl>
      </Section>
      <div className={classes.tabs}>
        <TabLinks
          label="Email"
          tabs={[
            { to: at, label: 'HTML' },
            { to: `${at}/text`, label: 'Text' },
            { to: `${at}/headers`, label: 'Headers' },
            { to: `${at}/source`, label: 'Source' },
          ]}
        />
      </div>
      {!view && (email.hasHtml ? <HtmlView id={email.id} subject={email.subject} /> : <None what="HTML" />)}
      {view === 'text' && (email.text ? <pre className={classes.plain}>{email.text}</pre> : <None what="plain text" />)}
      {view === 'headers' && (
        <Section>
          <dl className={classes.headers}>
            {email.headers.map((header, index) => (
              // Headers may repeat, and never move.
              <div key={index}>
                <dt>{header.name}</dt>
                <dd>{header.value}</dd>
              </div>
            ))}
          </dl>
        </Section>
      )}
      {view === 'source' && (
        <>
          <Text size="sm" c="dimmed" mb="xs" className="figures">
            {email.bytes.toLocaleString('en-US')} characters, as they went over the wire.
          </Text>
          <Code block tabIndex={0} className={classes.source}>
            {email.source}
          </Code>
        </>
      )}
    </>
  );
}

/** The email in a frame that runs no script. Its links open a tab of their own, as a mail program's do. */
function HtmlView({ id, subject }: { id: number; subject: string }) {
  const [params] = useSearchParams();
  const phone = params.get('width') === 'phone';
  return (
    <>
      <div className={classes.widths}>
        <Text size="sm" c="dimmed">
          Links work as they do for the customer, and count as their clicks. Each opens in a new tab. Looking at the
          email here does not count as opening it.
        </Text>
        <nav aria-label="Width" className={classes.switch}>
          <Link to={`/outbox/${id}`} aria-current={phone ? undefined : 'true'} preventScrollReset>
            Desktop
          </Link>
          <Link to={`/outbox/${id}?width=phone`} aria-current={phone ? 'true' : undefined} preventScrollReset>
            Phone
          </Link>
        </nav>
      </div>
      <div className={classes.stage}>
        <iframe
          key={String(phone)}
          src={`/outbox/${id}/html`}
          title={`The email “${subject}”`}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          className={classes.frame}
          style={{ maxWidth: phone ? 375 : 800 }}
        />
      </div>
    </>
  );
}

const None = ({ what }: { what: string }) => (
  <Section>
    <Text c="dimmed">This email has no {what} part.</Text>
  </Section>
);
