import { Anchor, NativeSelect, Switch } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';

import { CardSide } from './CardSide.tsx';
import { refusalWords } from './fill.ts';
import classes from './PostcardBuilder.module.css';
import type { PostcardSample } from './reading.ts';
import type { Sheet } from './sheet.ts';

/** Both sides of the card as the chosen recipient gets it, while it is made (B-12). */
export function CardPreview({
  sheet,
  samples,
  chosen,
  onChoose,
  pictureUrl,
  proofHref,
  others,
}: {
  sheet: Sheet | null;
  samples: readonly PostcardSample[];
  /** The place of a sample. */
  chosen: number;
  onChoose: (sample: number) => void;
  pictureUrl: (token: string) => string;
  proofHref: string | null;
  /** Other samples for whom something does not fit. */
  others: readonly { readonly sample: number; readonly message: string }[];
}) {
  const [guides, setGuides] = useState(false);
  const sample = samples[chosen];
  const name = (index: number) => samples[index]?.name ?? '';
  return (
    <section className={classes.preview} aria-label="Preview of the card">
      <NativeSelect
        label="Preview as"
        data={samples.map((one, index) => ({ value: String(index), label: one.name }))}
        value={String(chosen)}
        onChange={(event) => onChoose(Number(event.currentTarget.value))}
      />
      {sheet === null ? (
        <p className={classes.nothing}>{refusalWords.too_long}</p>
      ) : (
        (['front', 'back'] as const).map((side) => (
          <figure key={side} className={classes.side}>
            <figcaption>{side === 'front' ? 'Front' : 'Back'}</figcaption>
            <div className={classes.paper}>
              <CardSide
                sheet={sheet}
                side={side}
                pictureUrl={pictureUrl}
                guides={guides}
                address={sample?.address ?? null}
              />
            </div>
          </figure>
        ))
      )}
      <div className={classes.under}>
        <Switch
          label="Show print guides"
          checked={guides}
          onChange={(event) => setGuides(event.currentTarget.checked)}
        />
        {proofHref !== null && (
          <Anchor href={proofHref} target="_blank" rel="noreferrer" size="sm">
            Proof as PDF
          </Anchor>
        )}
      </div>
      <div aria-live="polite">
        {sheet && sheet.problems.length + others.length > 0 && (
          <ul className={classes.fits}>
            {sheet.problems.map(({ side, message }) => (
              <li key={`${side} ${message}`}>
                <IconAlertCircle size={16} aria-hidden />
                <span>{message}</span>
              </li>
            ))}
            {others.map((other) => (
              <li key={other.sample}>
                <IconAlertCircle size={16} aria-hidden />
                <span>
                  {name(other.sample)}: {other.message}{' '}
                  <Anchor
                    component="button"
                    type="button"
                    inherit
                    underline="always"
                    onClick={() => onChoose(other.sample)}
                  >
                    Show
                  </Anchor>
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {sheet && (
        <details className={classes.words}>
          <summary>The card in words</summary>
          <p>{sheet.front.description}</p>
          <p>{sheet.back.description}</p>
        </details>
      )}
    </section>
  );
}
