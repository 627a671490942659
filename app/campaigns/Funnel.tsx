import { Text } from '@mantine/core';
import { Link } from '@remix-run/react';

import { formatCount, formatShare } from '#app/ui/format.ts';
import type { Channel } from '#db/schema/columns.ts';

import classes from './Results.module.css';
import { machineVisits } from './results-words.ts';
import type { Funnel as Numbers } from './results.server.ts';

/** Sent to paid as bars with both numbers and percent of what was sent; below, what went wrong on the way. */
export function Funnel({
  campaignId,
  channel,
  funnel,
  paid,
}: {
  campaignId: number;
  channel: Channel;
  funnel: Numbers;
  paid: number;
}) {
  const sent = { label: 'Sent', count: funnel.sent, show: 'sent' };
  const delivered = { label: 'Delivered', count: funnel.delivered, show: 'delivered' };
  const clicked = { label: channel === 'mail' ? 'Scanned' : 'Clicked', count: funnel.clicked, show: 'clicked' };
  const bars = [
    // Nobody can tell whether a text was opened.
    ...{
      email: [sent, delivered, { label: 'Opened', count: funnel.opened, show: 'opened' }, clicked],
      sms: [sent, delivered, clicked, { label: 'Answered', count: funnel.replied, show: 'replied' }],
      mail: [
        { ...sent, label: 'At the printer' },
        { label: 'In the post', count: funnel.mailed, show: 'mailed' },
        delivered,
        clicked,
      ],
    }[channel],
    { label: 'Paid', count: paid, show: null },
  ];
  const unsubscribed = { label: 'unsubscribed', count: funnel.unsubscribed, show: 'unsubscribed' };
  const troubles = {
    email: [
      { label: 'bounced', count: funnel.bounced, show: 'bounced' },
      unsubscribed,
      { label: 'reported as spam', count: funnel.complained, show: 'complained' },
    ],
    sms: [{ label: 'not delivered', count: funnel.bounced, show: 'bounced' }, unsubscribed],
    mail: [
      { label: 'came back', count: funnel.returned, show: 'returned' },
      { label: 'taken back before print', count: funnel.recalled, show: 'recalled' },
    ],
  }[channel];
  const machines = [
    { label: 'opened by machines', count: funnel.machineOpened, show: 'machineOpened' },
    { label: 'clicked by machines', count: funnel.machineClicked, show: 'machineClicked' },
  ].filter((one) => one.count > 0);
  const list = (show: string) => `/campaigns/${campaignId}/messages?show=${show}`;
  return (
    <>
      <table className={classes.funnel}>
        <caption className="visually-hidden">Messages from sent to paid, with their share of what was sent</caption>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.label}>
              <th scope="row">{bar.show ? <Link to={list(bar.show)}>{bar.label}</Link> : bar.label}</th>
              <td aria-hidden className={classes.barCell}>
                <span
                  className={classes.bar}
                  data-paid={bar.show === null || undefined}
                  style={{ width: `${funnel.sent === 0 ? 0 : Math.min(100, (bar.count / funnel.sent) * 100)}%` }}
                />
              </td>
              <td className={classes.number}>{formatCount(bar.count)}</td>
              <td className={classes.share}>{formatShare(bar.count, funnel.sent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="sm" mt="sm" className="figures">
        {troubles.map((trouble, index) => (
          <span key={trouble.label}>
            {index > 0 && ' · '}
            <Link to={list(trouble.show)}>
              {formatCount(trouble.count)} {trouble.label}
            </Link>
          </span>
        ))}
      </Text>
      <Text size="sm" c="dimmed" mt={4}>
        {machines.length > 0 ? (
          <>
            Not counted:{' '}
            {machines.map((one, index) => (
              <span key={one.show}>
                {index > 0 && ', '}
                <Link to={list(one.show)}>
                  {formatCount(one.count)} {one.label}
                </Link>
              </span>
            ))}
            .
          </>
        ) : (
          'What machines open and click is not counted.'
        )}{' '}
        {machineVisits(channel)} Paid counts invoices.
      </Text>
    </>
  );
}
