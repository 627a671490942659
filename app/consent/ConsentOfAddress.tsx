import { Button, Radio, Text, Textarea } from '@mantine/core';
import { Form, Link } from '@remix-run/react';

import { formatAddress, formatInstant } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';

import classes from './ConsentOfAddress.module.css';
import type { AddressConsent } from './history.server.ts';
import { howWords, purposeLabels, stopLabels, type ConsentLine } from './history.ts';

type Refused = { errors: { note: string }; values: Record<'what' | 'purpose' | 'note', string> };

const channelLabels = { email: 'Email', sms: 'Texts', mail: 'Postcards' } as const;

/** One address: where each purpose stands, what the office may write down, and the whole history below. */
export function ConsentOfAddress({
  consent,
  index,
  edits,
  refused,
  timeZone,
}: {
  consent: AddressConsent;
  /** Tells the fields of several addresses apart. */
  index: number;
  edits: boolean;
  refused: Refused | null;
  timeZone: string;
}) {
  const stopped = consent.now.some((one) => one.reason !== null);
  const open = consent.now.some((one) => one.reason === null);
  const mark = consent.primary
    ? 'Campaigns use it'
    : consent.onRecord
      ? 'Not used by campaigns'
      : 'Not on record any more';
  return (
    <Section
      title={formatAddress(consent.address)}
      aside={
        <Text size="sm" c="dimmed">
          {channelLabels[consent.channel]} · {mark.charAt(0).toLowerCase() + mark.slice(1)}
        </Text>
      }
    >
      <dl className={classes.now}>
        {consent.now.map((one) => (
          <div key={one.purpose}>
            <dt>{purposeLabels[one.purpose]}</dt>
            <dd>
              <StatusBadge tone={one.reason === null ? 'paid' : one.reason === 'unsubscribed' ? 'soon' : 'overdue'}>
                {one.reason === null ? 'May be written to' : (stopLabels[one.reason] ?? one.reason)}
              </StatusBadge>
              {one.since && <span className={classes.quiet}>since {formatInstant(one.since, timeZone)}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {edits && (
        <div className={classes.forms}>
          {consent.channel === 'sms' && <Change what="agree" {...{ consent, index, refused }} />}
          {open && <Change what="stop" {...{ consent, index, refused }} />}
          {stopped && <Change what="lift" {...{ consent, index, refused }} />}
        </div>
      )}
      <h3 className={classes.heading}>History</h3>
      {consent.lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nobody has chosen anything for this address yet. It came with the customer’s record.
        </Text>
      ) : (
        <ol className={classes.lines} aria-label={`Choices for ${consent.address}`}>
          {consent.lines.map((line) => (
            <Line key={line.id} line={line} timeZone={timeZone} />
          ))}
        </ol>
      )}
    </Section>
  );
}

function Line({ line, timeZone }: { line: ConsentLine; timeZone: string }) {
  const what = line.purpose === 'all' ? 'everything' : purposeLabels[line.purpose].toLowerCase();
  const said = line.how === 'office' ? 'Note' : line.how === 'text' ? 'Their words' : 'Text shown';
  return (
    <li>
      <div className={classes.head}>
        <span className={classes.title}>{line.state === 'in' ? `Opted in to ${what}` : `Opted out of ${what}`}</span>
        <time className={classes.quiet} dateTime={line.at}>
          {formatInstant(line.at, timeZone)}
        </time>
      </div>
      <p className={classes.quiet}>
        {howWords(line.how)} · {line.actor}
        {line.textShown && ` · ${said}: “${line.textShown}”`}
        {line.textVersion && ` (version ${line.textVersion})`}
        {line.messageId !== null && (
          <>
            {' · '}
            <Link to={`/messages/${line.messageId}`}>the message</Link>
          </>
        )}
      </p>
    </li>
  );
}

const WORDS = {
  agree: {
    summary: 'They agreed to texts',
    note: 'How they agreed, and to what',
    help: 'Signed on the work order of Nov 3: “You may text me offers.” It is kept for good.',
    button: 'Write down their yes',
  },
  stop: {
    summary: 'They asked for no more messages',
    note: 'How they asked',
    help: 'By phone on Nov 3, for example. It is kept for good.',
    button: 'Mark as unsubscribed',
  },
  lift: {
    summary: 'Messages may go there again',
    note: 'Why',
    help: 'The customer asked for it, or the address works again. It is kept for good.',
    button: 'Let messages go there again',
  },
} as const;

function Change({
  what,
  consent,
  index,
  refused,
}: {
  what: 'stop' | 'agree' | 'lift';
  consent: AddressConsent;
  index: number;
  refused: Refused | null;
}) {
  const words = WORDS[what];
  const typed = refused?.values.what === what ? refused : null;
  const id = `note-${what}-${index}`;
  return (
    <details open={typed !== null} className={classes.change}>
      <summary>{words.summary}</summary>
      <Form method="post" className={classes.form}>
        <input type="hidden" name="what" value={what} />
        <input type="hidden" name="address" value={consent.address} />
        {what !== 'lift' && (
          <Radio.Group name="purpose" label="Of what" defaultValue={typed?.values.purpose ?? 'all'}>
            {(['all', 'reminders', 'promotions'] as const).map((purpose) => (
              <Radio key={purpose} value={purpose} label={purposeLabels[purpose]} mt={6} />
            ))}
          </Radio.Group>
        )}
        <Textarea
          id={id}
          name="note"
          label={words.note}
          description={typed ? undefined : words.help}
          error={typed?.errors.note}
          defaultValue={typed?.values.note}
          required
          rows={2}
          maxLength={600}
        />
        <div>
          <Button type="submit" variant="default">
            {words.button}
          </Button>
        </div>
      </Form>
    </details>
  );
}
