import { Text } from '@mantine/core';
import { Link } from '@remix-run/react';
import { IconCheck, IconX } from '@tabler/icons-react';

import { formatInstant, formatMoney } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useOffice } from '#app/ui/useOffice.ts';

import { messageState } from './message-words.ts';
import { factOf } from './message-timeline.ts';
import { explainReason } from './reasons.ts';
import { isUnpaid, standingSentence, wordsOf } from './why-words.ts';
import type { Why, WhyInvoice, WhyMessage } from './why.server.ts';
import classes from './WhyInvoices.module.css';

/** Each invoice with its messages, or with what each rule of the audience asks and found. */
export function WhyInvoices({ why }: { why: Why }) {
  const { company, may } = useOffice();
  const settled = why.invoices.filter((invoice) => invoice.standing.kind === 'rules' && !isUnpaid(invoice));
  const inQuestion = why.invoices.filter((invoice) => !settled.includes(invoice));
  return (
    <div className={classes.stack}>
      {inQuestion.map((invoice) => (
        <Section key={invoice.id}>
          <div className={classes.head}>
            <h2 className={classes.title}>
              {may('invoices.read') ? (
                <Link to={`/invoices/${invoice.id}`}>Invoice {invoice.number}</Link>
              ) : (
                `Invoice ${invoice.number}`
              )}
            </h2>
            <span className={`${classes.quiet} figures`}>
              {formatMoney(invoice.balanceCents, invoice.currency)} owed
              {why.campaign.launchedAt === null ? '' : ' at the launch'}
            </span>
          </div>
          {invoice.summary && <p className={classes.quiet}>{invoice.summary}</p>}
          {invoice.messages.map((message) => (
            <MessageLine key={message.id} message={message} timeZone={company.timeZone} />
          ))}
          {invoice.standing.kind !== 'messages' && (
            <Text mt={4}>{standingSentence(why, invoice, company.timeZone)}</Text>
          )}
          {invoice.standing.kind === 'rules' && <Rules why={why} invoice={invoice} timeZone={company.timeZone} />}
        </Section>
      ))}
      {settled.length > 0 && <Settled why={why} invoices={settled} timeZone={company.timeZone} />}
    </div>
  );
}

/** Invoices of which nothing was owed: no reminder has anything to say about them. */
function Settled({ why, invoices, timeZone }: { why: Why; invoices: WhyInvoice[]; timeZone: string }) {
  const { may } = useOffice();
  const draft = why.campaign.launchedAt === null;
  return (
    <Section title={draft ? 'Nothing owed' : 'Nothing owed at the launch'}>
      <ul className={classes.settled}>
        {invoices.map((invoice) => (
          <li key={invoice.id}>
            <span>
              {may('invoices.read') ? (
                <Link to={`/invoices/${invoice.id}`}>Invoice {invoice.number}</Link>
              ) : (
                `Invoice ${invoice.number}`
              )}{' '}
              <span className={classes.quiet}>{invoice.summary}</span>
            </span>
            <span className={classes.quiet}>{capital(wordsOf(why, invoice, timeZone)('unpaid').had)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function MessageLine({ message, timeZone }: { message: WhyMessage; timeZone: string }) {
  const { label, tone } = messageState(message);
  const words = message.reason && message.state !== 'sent' ? explainReason(message.reason) : null;
  return (
    <div className={classes.message}>
      <div className={classes.head}>
        <StatusBadge tone={tone}>{label}</StatusBadge>
        <Link to={`/messages/${message.id}`}>See its whole history</Link>
      </div>
      <p className={classes.quiet}>
        {message.address ? `To ${message.address}` : 'No address'}
        {message.waitedUntil && message.state !== 'deferred' && (
          <>, put off until {formatInstant(message.waitedUntil, timeZone)}</>
        )}
        {message.sentAt && `, sent ${formatInstant(message.sentAt, timeZone)}`}
      </p>
      {words && (
        <Text>
          {factOf(message, timeZone) ?? words.why} {words.todo}
        </Text>
      )}
    </div>
  );
}

function Rules({ why, invoice, timeZone }: { why: Why; invoice: WhyInvoice; timeZone: string }) {
  const words = wordsOf(why, invoice, timeZone);
  return (
    <table className={classes.rules}>
      <caption className="visually-hidden">What the audience asks for, and what invoice {invoice.number} is</caption>
      <thead>
        <tr>
          <th scope="col">The audience asks for</th>
          <th scope="col">It found</th>
          <th scope="col">Fits</th>
        </tr>
      </thead>
      <tbody>
        {invoice.tests.map((test) => {
          const { asks, had } = words(test.rule);
          return (
            <tr key={test.rule} data-fails={!test.holds || undefined}>
              <th scope="row">{capital(asks)}</th>
              <td>{capital(had)}</td>
              <td className={classes.fits}>
                {test.holds ? <IconCheck size={16} aria-hidden /> : <IconX size={16} aria-hidden />}
                {test.holds ? 'Yes' : 'No'}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
