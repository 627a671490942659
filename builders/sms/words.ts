import { priceWords, type PriceRange } from './prices.ts';
import type { ForeignKind } from './reading.ts';
import type { TextCount } from './segments.ts';

/** `1 part`, `2 parts`. */
export function partWords(parts: number): string {
  return `${parts} ${parts === 1 ? 'part' : 'parts'}`;
}

/** `142 of 160`: units used of those that its parts hold. */
export function unitWords({ units, parts, perPart }: TextCount): string {
  return `${units.toLocaleString('en-US')} of ${(Math.max(1, parts) * perPart).toLocaleString('en-US')}`;
}

/** `142 of 160 · 1 part · GSM-7`. */
export function countWords(count: TextCount): string {
  return `${unitWords(count)} · ${partWords(count.parts)} · ${count.encoding}`;
}

/** The same to be read out: `142 of 160 characters, 1 part`. */
export function spokenCount(count: TextCount): string {
  const unicode = count.encoding === 'UCS-2' ? ', with characters that make parts shorter' : '';
  return `${unitWords(count)} characters, ${partWords(count.parts)}${unicode}.`;
}

/** `about 1.1 to 1.3¢ a recipient`. */
export function costWords(price: PriceRange): string {
  return `${priceWords(price)} a recipient`;
}

/** `Curly apostrophe, 3 times`. */
export function kindWords({ name, places }: ForeignKind): string {
  const times = places.length === 1 ? 'once' : places.length === 2 ? 'twice' : `${places.length} times`;
  return `${name}, ${times}`;
}

/** What stands for an offender, as it can be shown: a blank, a new line and nothing have names. */
export function replacementWords(replacement: string): string {
  const names: Record<string, string> = { '': 'nothing', ' ': 'a plain space', '\n': 'a new line' };
  return names[replacement] ?? `“${replacement}”`;
}
