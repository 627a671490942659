import { isGsm, septetsOf } from './gsm7.ts';
import { foreignIn, type Foreign } from './plain.ts';

export type Encoding = 'GSM-7' | 'UCS-2';

/** A character that GSM-7 does not have, so that it alone makes the whole text UCS-2. `index` is in UTF-16 units. */
export type Offender = Foreign;

export type TextCount = {
  readonly encoding: Encoding;
  /** Of the text: septets in GSM-7 (extension characters are two), UTF-16 units in UCS-2. */
  readonly units: number;
  /** How many parts it is sent in, each of which is charged; 0 for an empty text. */
  readonly parts: number;
  /** Units that one part holds: 160 or 70 of a text in one part, 153 or 67 of one in several. */
  readonly perPart: number;
  /** Units that are free in the last part. */
  readonly left: number;
  /** Where each part begins, in UTF-16 units of the text. */
  readonly starts: readonly number[];
  /** Found when they are asked for: sending needs the rest alone. */
  readonly offenders: readonly Offender[];
};

/** Units of a part that stands alone, and of one of several: those begin with a header of 6 octets (3GPP TS 23.040, 9.2.3.24). */
const SIZES = { 'GSM-7': { alone: 160, joined: 153 }, 'UCS-2': { alone: 70, joined: 67 } } as const;

/**
 * Counts a text as it is sent (S0-13, B-11). An extension character and a surrogate pair are never split: where one does
 * not fit any more it begins the next part, and the unit before it stays free, so a text can need a part more than its
 * units say.
 * @param body the text for one recipient: merged, with its short links and the opt-out line
 */
export function countText(body: string): TextCount {
  const encoding: Encoding = isGsm(body) ? 'GSM-7' : 'UCS-2';
  const unitsOf = encoding === 'GSM-7' ? septetsOf : (char: string) => char.length;
  const { alone, joined } = SIZES[encoding];
  const starts: number[] = [];
  let units = 0;
  let at = 0;
  let used: number = joined;
  for (const char of body) {
    const size = unitsOf(char);
    if (used + size > joined) {
      starts.push(at);
      used = 0;
    }
    used += size;
    units += size;
    at += char.length;
  }
  const perPart = units <= alone ? alone : joined;
  if (units <= alone) starts.splice(1);
  let offenders: Offender[] | undefined;
  return {
    encoding,
    units,
    parts: starts.length,
    perPart,
    left: units <= alone ? alone - units : joined - used,
    starts,
    get offenders() {
      return (offenders ??= foreignIn(body));
    },
  };
}
