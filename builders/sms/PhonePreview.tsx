import { NativeSelect } from '@mantine/core';

import { refusalWords, type ComposedSms } from './compose.ts';
import classes from './PhonePreview.module.css';
import type { SmsReading, SmsSample } from './reading.ts';
import { countWords } from './words.ts';

/** The text on the phone of the recipient who is chosen, with the short links as they will look (B-08). */
export function PhonePreview({
  reading: { draft, estimate },
  samples,
  chosen,
  onChoose,
  composed,
  sender,
  sentAt,
  shortUrlFor,
}: {
  reading: SmsReading;
  samples: readonly SmsSample[];
  /** 'typical', 'longest', 'shortest' or the place of a sample. */
  chosen: string;
  onChoose: (chosen: string) => void;
  composed: ComposedSms | null;
  sender: { readonly name: string; readonly number: string | null };
  sentAt: string;
  shortUrlFor: (key: string) => string;
}) {
  const label = (sample: number | undefined) => (sample === undefined ? '' : `: ${samples[sample]?.label}`);
  const everybody = samples.map((sample, index) => ({ value: String(index), label: sample.label }));
  const choices =
    samples.length === 1
      ? [{ value: 'typical', label: samples[0]?.label ?? '' }]
      : [
          { value: 'typical', label: `Typical${label(estimate?.typical.sample)}` },
          { value: 'longest', label: `Longest${label(estimate?.worst.sample)}` },
          { value: 'shortest', label: `Shortest${label(estimate?.best.sample)}` },
          { group: 'Recipients', items: everybody },
        ];
  const shortUrls = draft.compiled?.links.map(({ key }) => shortUrlFor(key)) ?? [];
  return (
    <section className={classes.preview} aria-label="Preview on a phone">
      <NativeSelect
        label="Preview as"
        data={choices}
        value={chosen}
        onChange={(event) => onChoose(event.currentTarget.value)}
      />
      <div className={classes.phone}>
        <div className={classes.speaker} aria-hidden />
        <div className={classes.screen}>
          <div className={classes.head}>
            <span className={classes.face} aria-hidden>
              {(sender.name.trim()[0] ?? '?').toUpperCase()}
            </span>
            <span className={classes.name}>{sender.name}</span>
            <span className={classes.number}>{sender.number ?? 'No number yet'}</span>
          </div>
          {/* A long text scrolls, so it must be within reach of the keyboard. */}
          <div className={classes.thread} tabIndex={0} role="group" aria-label="The text as it arrives">
            <p className={classes.when}>{sentAt}</p>
            <div className={classes.bubble} data-empty={composed === null || composed.body === '' || undefined}>
              {composed === null ? (
                draft.problems.some(({ message }) => message === 'The text is empty.') ? (
                  'Your text shows here.'
                ) : (
                  'A tag in the text cannot be read yet.'
                )
              ) : composed.body === '' ? (
                'Nothing is left of the text.'
              ) : (
                <WithLinks body={composed.body} shortUrls={shortUrls} />
              )}
            </div>
          </div>
          <div className={classes.reply} aria-hidden>
            Text message
          </div>
        </div>
      </div>
      {composed && (
        <p className={classes.count}>
          {composed.refusal === null ? countWords(composed.count) : refusalWords[composed.refusal]}
        </p>
      )}
    </section>
  );
}

/** The body with its short links marked as a phone marks them. They are examples, so they lead nowhere. */
function WithLinks({ body, shortUrls }: { body: string; shortUrls: readonly string[] }) {
  const pieces: { text: string; link: boolean; at: number }[] = [];
  let at = 0;
  while (at < body.length) {
    const next = shortUrls
      .map((url) => ({ url, index: body.indexOf(url, at) }))
      .filter(({ index }) => index >= 0)
      .sort((a, b) => a.index - b.index || b.url.length - a.url.length)[0];
    const end = next?.index ?? body.length;
    if (end > at) pieces.push({ text: body.slice(at, end), link: false, at });
    if (next) pieces.push({ text: next.url, link: true, at: end });
    at = next ? end + next.url.length : end;
  }
  return pieces.map((piece) =>
    piece.link ? (
      <span key={piece.at} className={classes.link}>
        {piece.text}
      </span>
    ) : (
      piece.text
    ),
  );
}
