import { Link } from '@remix-run/react';

import { dateIn, formatDate, formatMoment } from '#app/ui/format.ts';

import classes from './Conversation.module.css';
import type { Said } from './conversations.server.ts';

const states: Record<NonNullable<Said['state']>, string> = {
  waiting: 'Waits to be sent',
  skipped: 'Not sent',
  sent: 'Sent',
  delivered: 'Delivered',
  failed: 'Not delivered',
  unknown: 'Not known whether it arrived',
};

const meanings = {
  stop: 'Asked for no more texts',
  start: 'Asked for texts again',
  help: 'Asked for help',
  reply: null,
} as const;

/** What a number and we said to each other, day by day, the newest at the end. Ours stand right. */
export function Conversation({
  said,
  label,
  timeZone,
  links = false,
}: {
  said: readonly Said[];
  label: string;
  timeZone: string;
  /** Whether links can be followed, as on the customer's phone. */
  links?: boolean;
}) {
  const days = said.map((one) => dateIn(timeZone, new Date(one.at)));
  return (
    <ol className={classes.said} aria-label={label}>
      {said.map((one, index) => {
        const day = days[index]!;
        return (
          <li key={one.key} data-from={one.from}>
            {day !== days[index - 1] && <p className={classes.day}>{formatDate(day)}</p>}
            <div className={classes.bubble}>
              {one.body === null ? <em>Its words were not kept</em> : <Body text={one.body} links={links} />}
            </div>
            <p className={classes.about}>
              <span className="visually-hidden">{one.from === 'us' ? 'From you' : 'From them'}, </span>
              {about(one) && `${about(one)} · `}
              {one.campaign && (
                <>
                  <Link to={`/campaigns/${one.campaign.id}`}>{one.campaign.name}</Link>
                  {' · '}
                </>
              )}
              {one.messageId !== null && (
                <>
                  <Link to={`/messages/${one.messageId}`}>
                    details<span className="visually-hidden"> of this text</span>
                  </Link>
                  {' · '}
                </>
              )}
              <time dateTime={one.at}>{formatMoment(one.at, timeZone)}</time>
            </p>
          </li>
        );
      })}
    </ol>
  );
}

function about(one: Said): string {
  if (one.from === 'them') return (one.meaning && meanings[one.meaning]) ?? 'Received';
  const state = one.state ? states[one.state] : '';
  return one.kind === 'keyword_answer' ? `Answered by itself · ${state}` : state;
}

const URLS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/g;

function Body({ text, links }: { text: string; links: boolean }) {
  if (!links) return text;
  return text.split(URLS).map((piece, index) =>
    index % 2 === 1 ? (
      <a key={index} href={piece} target="_blank" rel="noreferrer">
        {piece}
      </a>
    ) : (
      piece
    ),
  );
}
