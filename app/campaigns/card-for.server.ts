import type { Sender } from '#app/messaging/sender.server.ts';
import type { MergeValues } from '#builders/merge/values.ts';
import type { Card } from '#builders/postcard/card.ts';
import type { CompiledPostcard } from '#builders/postcard/compiled.ts';
import { fillPostcard, preparePostcard } from '#builders/postcard/fill.ts';
import { layoutCard } from '#builders/postcard/layout.ts';

import { exampleUrl } from './invented.server.ts';
import type { CardSender } from './press.server.ts';

export type CardPreview = {
  card: Card;
  /** What does not fit with these values, in words: such a card is not printed. */
  misfits: string[];
};

/**
 * A postcard as one recipient gets it, by the same code that prints (B-08). Its short links are as long as real ones, and lead
 * nowhere.
 * @param address the recipient's name and address, a line each
 * @returns null when it can't be put together with these values
 */
export function cardFor(
  compiled: CompiledPostcard,
  sender: Sender,
  from: CardSender,
  values: MergeValues,
  address: readonly string[],
): CardPreview | null {
  const url = exampleUrl(sender);
  const filled = fillPostcard(preparePostcard(compiled), values, () => url, { ...from, address: [...address] });
  if (!filled.ok) return null;
  return { card: filled.card, misfits: layoutCard(filled.card).problems.map(({ message }) => message) };
}
