import type { Card } from './card.ts';
import { describeCard } from './describe.ts';
import { classic } from './designs/classic.ts';
import { letter } from './designs/letter.ts';
import { notice } from './designs/notice.ts';
import { photo } from './designs/photo.ts';
import { postcardSizes, type PostcardDesign } from './document.ts';
import { Drawing } from './drawing.ts';
import { hasGlyph } from './metrics.ts';
import { roleNames, type Sheet, type SheetProblem, type TextRole } from './sheet.ts';

type Design = { readonly front: (drawing: Drawing) => void; readonly back: (drawing: Drawing) => void };

const designs: Readonly<Record<PostcardDesign, Design>> = { classic, photo, notice, letter };

/**
 * Lays a card out: the same drawing operations for the screen and for print (B-12). Pure, a few milliseconds.
 *
 * Texts take the largest size at which they fit, down to the least that is legible: 9 points for the body, 7 for a coupon's terms.
 * What does not fit even so is not drawn, and a problem says which text it is and by how much; a card with problems is not to be
 * printed. All text stays in the safe area, and nothing is drawn where the printer puts address and postage.
 */
export function layoutCard(card: Card): Sheet {
  const front = drawn(card, 'front');
  const back = drawn(card, 'back');
  return {
    size: card.size,
    front: { operations: front.operations, description: describeCard(card, 'front') },
    back: { operations: back.operations, description: describeCard(card, 'back') },
    problems: [
      ...[front, back].flatMap((drawing) => [...overflowProblems(drawing), ...drawing.problems]),
      ...foreignProblems(card),
    ],
  };
}

function drawn(card: Card, side: 'front' | 'back'): Drawing {
  const drawing = new Drawing(card, side);
  designs[card.design][side](drawing);
  drawing.inspect();
  return drawing;
}

function overflowProblems({ card, side, overflows }: Drawing): SheetProblem[] {
  return overflows.map(({ role, lines, characters }) => {
    const larger = largerThatFits(card, side, role);
    const by = `${lines === 1 ? '1 line' : `${lines} lines`} too long for this size`;
    const about = Math.ceil(characters / 10) * 10;
    const message = `${roleNames[role]} is ${by}. Take out about ${about} characters${larger ? `, or choose ${larger}` : ''}.`;
    return { side, about: role, message };
  });
}

/** The next larger card on which a text fits; null: none. */
function largerThatFits(card: Card, side: 'front' | 'back', role: TextRole): string | null {
  for (const size of postcardSizes.slice(postcardSizes.indexOf(card.size) + 1)) {
    const { overflows } = drawn({ ...card, size }, side);
    if (!overflows.some((overflow) => overflow.role === role)) return size;
  }
  return null;
}

/** Characters that the printing fonts lack: a question mark stands in their place. */
function foreignProblems({ brand, front, back, qr, returnAddress }: Card): SheetProblem[] {
  const texts: [SheetProblem['side'], TextRole, string][] = [
    ['front', 'name', brand.logo ? '' : brand.name],
    ['front', 'headline', front.headline],
    ['front', 'offer', front.offer],
    ['back', 'backHeadline', back.headline],
    ['back', 'body', back.body],
    ['back', 'couponTitle', back.coupon?.title ?? ''],
    ['back', 'couponTerms', back.coupon?.terms ?? ''],
    ['back', 'caption', qr?.caption ?? ''],
    ['back', 'returnAddress', returnAddress.join('\n')],
  ];
  return texts.flatMap(([side, about, text]) => {
    const foreign = new Set(Array.from(text.normalize('NFC')).filter((char) => !/\s/u.test(char) && !hasGlyph(char)));
    if (foreign.size === 0) return [];
    const named = [...foreign].slice(0, 10).join(' ');
    const message = `${roleNames[about]} has characters that the printing fonts lack: ${named}. Take them out.`;
    return [{ side, about, message }];
  });
}
