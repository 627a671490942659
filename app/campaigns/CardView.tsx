import { Anchor, Switch, Text } from '@mantine/core';
import { useState } from 'react';

import { Notice } from '#app/ui/Notice.tsx';
import { TurnableCard } from '#builders/postcard/TurnableCard.tsx';
import type { Card } from '#builders/postcard/card.ts';
import { layoutCard } from '#builders/postcard/layout.ts';

import classes from './CardView.module.css';

/**
 * A postcard that can be turned over, as it will be printed.
 * @param misfits what keeps it from being printed, in words
 * @param pdf where its proof is
 */
export function CardView({ card, misfits = [], pdf }: { card: Card; misfits?: readonly string[]; pdf: string }) {
  const [guides, setGuides] = useState(false);
  return (
    <div className={classes.card}>
      {misfits.length > 0 && (
        <Notice tone="problem">With this customer’s values it does not fit and is left out. {misfits.join(' ')}</Notice>
      )}
      <div className={classes.tools}>
        <Switch label="Print guides" checked={guides} onChange={(event) => setGuides(event.currentTarget.checked)} />
        <Anchor href={pdf} target="_blank" rel="noreferrer" size="sm">
          Proof as PDF
        </Anchor>
      </div>
      <TurnableCard
        sheet={layoutCard(card)}
        pictureUrl={(token) => `/images/${token}`}
        guides={guides}
        address={card.address}
      />
      <Text size="sm" c="dimmed" mt="sm">
        {card.size} inches. The printer adds address and postage in the block that is kept free.
      </Text>
    </div>
  );
}
