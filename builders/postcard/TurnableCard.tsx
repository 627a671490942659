import { useState } from 'react';

import { CardSide } from './CardSide.tsx';
import type { Sheet } from './sheet.ts';
import './TurnableCard.css';

/**
 * One card with a button that turns it over, for previews and the Outbox. Which side shows is said to whoever can't see it. Before
 * JavaScript it shows the front.
 * @param props.label names the card among others, as in "Postcard to Dana Whitfield"
 */
export function TurnableCard({
  sheet,
  pictureUrl,
  guides = false,
  address = null,
  first = 'front',
  label = 'Postcard',
}: {
  sheet: Sheet;
  pictureUrl: (token: string) => string;
  guides?: boolean;
  address?: readonly string[] | null;
  first?: 'front' | 'back';
  label?: string;
}) {
  const [side, setSide] = useState(first);
  const [turned, setTurned] = useState(false);
  return (
    <div className="turnable-card" role="group" aria-label={label}>
      <div className="turnable-card-stage" aria-live="polite">
        <div className="turnable-card-paper" key={side} data-still={!turned || undefined}>
          <CardSide sheet={sheet} side={side} pictureUrl={pictureUrl} guides={guides} address={address} />
        </div>
      </div>
      <button
        type="button"
        onClick={() => {
          setSide(side === 'front' ? 'back' : 'front');
          setTurned(true);
        }}
      >
        Turn over
      </button>
    </div>
  );
}
