import { NativeSelect } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { Fragment } from 'react';

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
  exampleUrl,
}: {
  reading: SmsReading;
  samples: readonly SmsSample[];
  /** 'typical', 'longest', 'shortest' or the place of a sample. */
  chosen: string;
  onChoose: (chosen: string) => void;
  composed: ComposedSms | null;
  sender: { readonly name: string; readonly number: string | null };
  sentAt: string;
  exampleUrl: string;
}) {
  const mounted = useMounted();
  const named = (sample: number | undefined) => (sample === undefined ? '' : `: ${samples[sample]?.name}`);
  const everybody = samples.map((sample, index) => ({ value: String(index), label: sample.name }));
  const choices =
    samples.length === 1
      ? [{ value: 'typical', label: samples[0]?.name ?? '' }]
      : [
          { value: 'typical', label: `Typical${named(estimate?.typical.sample)}` },
          { value: 'longest', label: `Longest${named(estimate?.worst.sample)}` },
          { value: 'shortest', label: `Shortest${named(estimate?.best.sample)}` },
          { group: 'Recipients', items: everybody },
        ];
  return (
    <section className={classes.preview} aria-label="Preview on a phone">
      <NativeSelect
        label="Preview as"
        disabled={!mounted}
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
                <WithLinks body={composed.body} url={exampleUrl} />
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
function WithLinks({ body, url }: { body: string; url: string }) {
  return body.split(url).map((words, index) => (
    <Fragment key={index}>
      {index > 0 && <span className={classes.link}>{url}</span>}
      {words}
    </Fragment>
  ));
}
