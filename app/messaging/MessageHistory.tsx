import { Link } from '@remix-run/react';

import { formatAddress, formatMoment } from '#app/ui/format.ts';
import { StatusBadge, type Tone } from '#app/ui/StatusBadge.tsx';
import { useOffice } from '#app/ui/useOffice.ts';

import type { MessageHistory as Message } from './history.server.ts';
import { messageKindLabels } from './kinds.ts';
import classes from './MessageHistory.module.css';
import { reasonWords } from './reasons.ts';

type Shown = { [K in keyof Message]: Message[K] extends Date | null ? Message[K] | string : Message[K] };

/** Messages with what became of each, and why one was not sent (B-04). @param about what stands beside each: its invoice or its customer's address */
export function MessageHistory({
  label,
  messages,
  about,
}: {
  label: string;
  messages: Shown[];
  about: 'invoice' | 'address';
}) {
  const { company, may } = useOffice();
  const time = (at: Date | string) => formatMoment(at, company.timeZone);
  return (
    <ol className={classes.list} aria-label={label}>
      {messages.map((message) => {
        const state = stateOf(message);
        const steps = stepsOf(message);
        const title = message.subject || message.campaign || messageKindLabels[message.kind];
        return (
          <li key={message.id}>
            <div className={classes.head}>
              <span className={classes.subject}>
                <Link to={`/messages/${message.id}`}>{title}</Link>
              </span>
              <StatusBadge tone={state.tone}>{state.label}</StatusBadge>
            </div>
            <div className={classes.facts}>
              {message.campaignId ? (
                <Link to={`/campaigns/${message.campaignId}`}>
                  {title === message.campaign ? 'See the campaign' : message.campaign}
                </Link>
              ) : (
                <span>{messageKindLabels[message.kind]}</span>
              )}
              {message.outboxId && may('outbox.read') && <Link to={`/outbox/${message.outboxId}`}>See the email</Link>}
              {about === 'invoice' && message.invoiceId && (
                <Link to={`/invoices/${message.invoiceId}`}>Invoice {message.invoiceNumber}</Link>
              )}
              <span className={classes.wrap}>
                {message.address ? `to ${formatAddress(message.address)}` : 'no address'}
              </span>
              <span>
                {message.sentAt
                  ? `sent ${time(message.sentAt)}`
                  : message.state === 'planned' || message.state === 'deferred'
                    ? `planned for ${time(message.sendAt)}`
                    : `was due ${time(message.sendAt)}`}
              </span>
              {steps.map((step) => (
                <span key={step.word}>
                  {step.word} {time(step.at)}
                </span>
              ))}
            </div>
            {message.reason && message.state !== 'sent' && (
              <p className={classes.why}>{reasonWords(message.reason).why}</p>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function stateOf(message: Shown): { tone: Tone; label: string } {
  const reason = message.reason ? reasonWords(message.reason).label : '';
  switch (message.state) {
    case 'planned':
      return { tone: 'draft', label: 'Planned' };
    case 'deferred':
      return { tone: 'soon', label: 'Waiting' };
    case 'attempting':
      return { tone: 'sending', label: 'Sending' };
    case 'skipped':
      return { tone: 'draft', label: `Not sent: ${lower(reason)}` };
    case 'failed':
      return { tone: 'overdue', label: `Failed: ${lower(reason)}` };
    case 'unknown':
      return { tone: 'soon', label: 'Not known whether it arrived' };
    default:
      if (message.bouncedAt) return { tone: 'overdue', label: 'Bounced' };
      if (message.complainedAt) return { tone: 'overdue', label: 'Reported as spam' };
      if (message.clickedAt) return { tone: 'paid', label: 'Clicked' };
      if (message.openedAt) return { tone: 'paid', label: 'Opened' };
      if (message.deliveredAt) return { tone: 'paid', label: 'Delivered' };
      return { tone: 'sending', label: 'Sent' };
  }
}

const lower = (text: string) => (text ? text[0]!.toLowerCase() + text.slice(1) : 'no reason kept');

function stepsOf(message: Shown): { word: string; at: Date | string }[] {
  const steps = [
    { word: 'delivered', at: message.deliveredAt },
    { word: 'opened', at: message.openedAt },
    { word: 'clicked', at: message.clickedAt },
    { word: 'bounced', at: message.bouncedAt },
    { word: 'reported as spam', at: message.complainedAt },
    { word: 'unsubscribed', at: message.unsubscribedAt },
  ];
  return steps.flatMap((step) => (step.at ? [{ word: step.word, at: step.at }] : []));
}
