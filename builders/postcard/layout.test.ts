import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { plainCard, sampleCard } from '#tests/factories/cards.ts';
import type { Card } from './card.ts';
import { postcardDesigns, postcardSizes, type PostcardDesign, type PostcardSize } from './document.ts';
import { GEOMETRY, isWithin, overlap, points, type Box } from './geometry.ts';
import { contrast } from './inks.ts';
import { layoutCard } from './layout.ts';
import { DESCENT, hasGlyph, widthOf } from './metrics.ts';
import { qrGround } from './qr.ts';
import type { Face, Operation, Sheet, TextRole, TextRun } from './sheet.ts';

const every = postcardDesigns.flatMap((design) => postcardSizes.map((size) => [design, size] as const));

/** From the heads of accented capitals to the feet of letters. */
const ASCENT = 1984 / 2048;

function boxOf({ x, y, size, weight, text }: TextRun): Box {
  return { x, y: y - ASCENT * size, width: widthOf(text, size, weight), height: (ASCENT + DESCENT) * size };
}

const runsOf = ({ operations }: Face) => operations.filter((operation) => operation.kind === 'text');
const qrOf = ({ back }: Sheet) => back.operations.find((operation) => operation.kind === 'qr');

/** What is inked: a line has its width around it. */
function inked(operation: Operation): Box {
  if (operation.kind === 'text') return boxOf(operation);
  if (operation.kind === 'qr') return qrGround(operation);
  if (operation.kind !== 'line') return operation.box;
  const { from, to, width } = operation;
  return {
    x: Math.min(from[0], to[0]) - width / 2,
    y: Math.min(from[1], to[1]) - width / 2,
    width: Math.abs(to[0] - from[0]) + width,
    height: Math.abs(to[1] - from[1]) + width,
  };
}

/** All texts of a card by role, as they have to be found on it. */
function textsOf({ brand, front, back, qr, returnAddress }: Card): [TextRole, string][] {
  return [
    ['name', brand.logo ? '' : brand.name],
    ['headline', front.headline],
    ['offer', front.offer],
    ['backHeadline', back.headline],
    ['body', back.body],
    ['couponTitle', back.coupon?.title ?? ''],
    ['couponTerms', back.coupon?.terms ?? ''],
    ['caption', qr?.caption ?? ''],
    ['returnAddress', returnAddress.join('\n')],
  ];
}

const unspaced = (text: string) => text.replace(/\s/gu, '');
const drawable = (text: string) =>
  unspaced(text.normalize('NFC')).replace(/./gsu, (char) => (hasGlyph(char) ? char : '?'));

/** What has to hold of each card, whatever its texts. */
function expectPrintable(card: Card): void {
  const sheet = layoutCard(card);
  const { safe, inkFree } = GEOMETRY[card.size];
  for (const side of ['front', 'back'] as const) {
    for (const run of runsOf(sheet[side])) {
      expect(isWithin(boxOf(run), safe), `${run.role} leaves the safe area: ${run.text}`).toBe(true);
      expect(run.text.trim()).not.toBe('');
    }
  }
  for (const operation of sheet.back.operations) {
    expect(overlap(inked(operation), inkFree), `${JSON.stringify(operation)} is in the ink-free block`).toBe(false);
  }
  const written = [...runsOf(sheet.front), ...runsOf(sheet.back)];
  for (const [role, text] of textsOf(card)) {
    const found = written.filter((run) => run.role === role);
    const words = unspaced(found.map((run) => run.text).join(''));
    const told = sheet.problems.some(({ about }) => about === role);
    // The name may stand on both sides.
    const whole = drawable(text);
    if (!told) expect(role === 'name' ? words.startsWith(whole) : words === whole, `${role}: ${text}`).toBe(true);
    for (const run of found) {
      expect(run.size).toBeGreaterThanOrEqual(role === 'body' ? 9 : 7);
    }
  }
}

describe.each(every)('%s, %s', (design, size) => {
  test('B-12: the sample card has no problems, and all of it is where it may be', () => {
    const card = sampleCard(design, size);
    expect(layoutCard(card).problems).toEqual([]);
    expectPrintable(card);
  });

  test('a card without picture, offer, coupon and code has no hole and no problem', () => {
    const card = plainCard(design, size);
    const sheet = layoutCard(card);
    expect(sheet.problems).toEqual([]);
    expect(sheet.back.operations.filter(({ kind }) => kind === 'qr' || kind === 'picture')).toEqual([]);
    expectPrintable(card);
  });

  test('a card without any text is drawn too', () => {
    const card = plainCard(design, size);
    const nothing = {
      ...card,
      brand: { ...card.brand, name: '' },
      front: { ...card.front, headline: ' ' },
      back: { headline: '', body: '\n', coupon: { title: '', terms: '' } },
      returnAddress: [],
    };
    const sheet = layoutCard(nothing);
    expect(sheet.problems).toEqual([]);
    expect([...runsOf(sheet.front), ...runsOf(sheet.back)]).toEqual([]);
  });

  test('S0-16: the code is an inch wide or more, with its light, and lies on paper alone', () => {
    const sheet = layoutCard(sampleCard(design, size));
    const qr = qrOf(sheet);
    if (!qr) throw new Error('The code is missing.');
    const { safe, inkFree } = GEOMETRY[size];
    expect(qr.box.width).toBeGreaterThanOrEqual(points(1));
    expect(qr.quiet).toBeCloseTo((qr.box.width / qr.modules) * 4, 6);
    const ground = qrGround(qr);
    expect(isWithin(ground, safe)).toBe(true);
    expect(overlap(ground, inkFree)).toBe(false);
    for (const operation of sheet.back.operations) {
      if (operation !== qr) expect(overlap(inked(operation), ground), JSON.stringify(operation)).toBe(false);
    }
  });

  test('texts can be read on what lies below them, in any of the company’s colours', () => {
    for (const color of ['#1f5f99', '#f2c21a', '#8a8a8a', '#ffffff', '#000000', '#d6336c']) {
      const card = sampleCard(design, size);
      const sheet = layoutCard({ ...card, brand: { ...card.brand, color, logo: null } });
      for (const { operations } of [sheet.front, sheet.back]) {
        for (const [at, operation] of operations.entries()) {
          if (operation.kind !== 'text') continue;
          const box = boxOf(operation);
          const below = operations
            .slice(0, at)
            .filter((under) => (under.kind === 'rect' || under.kind === 'picture') && overlap(inked(under), box))
            .at(-1);
          if (below?.kind === 'picture') throw new Error(`${operation.text} lies on a picture.`);
          const ground = below?.kind === 'rect' ? below.color : '#ffffff';
          expect(contrast(operation.color, ground), `${operation.text}, ${color}`).toBeGreaterThanOrEqual(4.5);
        }
      }
    }
  });
});

test('the ink-free block is free as well where it would lie if it were measured from the cut', () => {
  for (const [design, size] of every) {
    const { inkFree, trim } = GEOMETRY[size];
    const other = { ...inkFree, x: inkFree.x - trim.x, y: inkFree.y - trim.y };
    for (const card of [sampleCard(design, size), plainCard(design, size)]) {
      for (const operation of layoutCard(card).back.operations) {
        const ink = operation.kind === 'qr' ? operation.box : inked(operation);
        expect(overlap(ink, other), JSON.stringify(operation)).toBe(false);
      }
    }
  }
});

test('grounds and pictures run to the bleed edge where they reach the cut', () => {
  let reaching = 0;
  const short: string[] = [];
  for (const [design, size] of every) {
    const { art, trim } = GEOMETRY[size];
    for (const card of [sampleCard(design, size), plainCard(design, size)]) {
      const sheet = layoutCard(card);
      for (const operation of [...sheet.front.operations, ...sheet.back.operations]) {
        if (operation.kind !== 'rect' && operation.kind !== 'picture') continue;
        const { x, y, width, height } = operation.box;
        const sides = [
          x < trim.x && x > 0,
          y < trim.y && y > 0,
          x + width > trim.x + trim.width && x + width < art.width - 0.001,
          y + height > trim.y + trim.height && y + height < art.height - 0.001,
        ];
        if (x < trim.x || y < trim.y) reaching += 1;
        if (sides.includes(true)) short.push(JSON.stringify([design, size, operation]));
      }
    }
  }
  expect(short).toEqual([]);
  expect(reaching).toBeGreaterThan(every.length);
});

const word = fc.oneof(
  { weight: 6, arbitrary: fc.string({ minLength: 1, maxLength: 14, unit: fc.constantFrom(...'abcdefgmwAWQéŁ.,-$0') }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('https://brightwater.portal.example/pay/k7m2p9q4rs8t', '(512) 555-0142', 'W'.repeat(60)),
  },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }) },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\n\n', '  ') },
);
const textOf = (most: number) => fc.array(word, { maxLength: most }).map((words) => words.join(' '));

test('B-12: no text leaves the safe area, enters the ink-free block or is lost unsaid, whatever the texts', () => {
  const card: fc.Arbitrary<Card> = fc
    .record({
      design: fc.constantFrom<PostcardDesign>(...postcardDesigns),
      size: fc.constantFrom<PostcardSize>(...postcardSizes),
      name: textOf(6),
      headline: textOf(25),
      offer: textOf(30),
      pictured: fc.boolean(),
      logo: fc.option(fc.tuple(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 1, max: 4_000 }))),
      backHeadline: textOf(20),
      body: textOf(150),
      coupon: fc.option(fc.record({ title: textOf(12), terms: textOf(40) })),
      caption: fc.option(textOf(14)),
      returnAddress: fc.array(textOf(6), { maxLength: 6 }),
    })
    .map(({ design, size, name, pictured, logo, caption, returnAddress, coupon, ...texts }) => {
      const base = sampleCard(design, size);
      return {
        ...base,
        brand: { ...base.brand, name, logo: logo ? { token: 'logo', width: logo[0], height: logo[1] } : null },
        front: {
          ...base.front,
          headline: texts.headline,
          offer: texts.offer,
          picture: pictured ? base.front.picture : null,
        },
        back: { headline: texts.backHeadline, body: texts.body, coupon },
        qr: caption === null ? null : { url: 'https://brightwater.go.example/k7m2p9q4rs', caption },
        returnAddress,
      };
    });
  fc.assert(fc.property(card, expectPrintable), { numRuns: 300 });
});

describe('problems', () => {
  test('a text that does not fit says by how much, and on which card it would', () => {
    const card = sampleCard('classic', '4x6');
    const body = 'Please look at your invoice and pay it when you can. '.repeat(9).trim();
    const { problems } = layoutCard({ ...card, back: { ...card.back, body } });
    expect(problems).toHaveLength(1);
    const [, lines, characters] =
      /^The Body is (\d+) lines too long for this size\. Take out about (\d+) characters, or choose 6x9\.$/u.exec(
        problems[0]?.message ?? '',
      ) ?? [];
    expect(problems[0]).toMatchObject({ side: 'back', about: 'body' });
    expect(Number(lines)).toBeGreaterThan(1);
    const shorter = body.slice(0, -Number(characters));
    expect(layoutCard({ ...card, back: { ...card.back, body: shorter } }).problems).toEqual([]);
    const little = body.slice(0, -Number(characters) / 2);
    expect(layoutCard({ ...card, back: { ...card.back, body: little } }).problems).not.toEqual([]);
  });

  test('a text that fits no card names none', () => {
    const card = sampleCard('letter', '6x11');
    const { problems } = layoutCard({ ...card, back: { ...card.back, body: 'Word by word it grew. '.repeat(250) } });
    expect(problems.map(({ message }) => message).join()).toMatch(/^The Body is \d+ lines too long .* characters\.$/u);
  });

  test('a word that is wider than its place is named', () => {
    const card = sampleCard('photo', '4x6');
    const headline = 'Donaudampfschifffahrtsgesellschaftskapitaen';
    const { problems } = layoutCard({ ...card, front: { ...card.front, headline } });
    expect(problems).toMatchObject([
      {
        side: 'front',
        about: 'headline',
        message: expect.stringContaining(
          'The headline on the front has a word that is wider than its place: “Donaudampfschifffahrts',
        ) as string,
      },
    ]);
  });

  test('S0-15: a character that the printing fonts lack is named', () => {
    const card = sampleCard('notice', '6x9');
    const { problems } = layoutCard({ ...card, back: { ...card.back, body: 'Thank you 😀 中' } });
    expect(problems.map(({ message }) => message)).toEqual([
      'The Body has characters that the printing fonts lack: 😀 中. Take them out.',
    ]);
  });

  test('S0-16: an address that is too long for a code says so', () => {
    const card = sampleCard('classic', '6x9');
    const long = layoutCard({ ...card, qr: { url: `https://x.example/${'a'.repeat(3_000)}`, caption: '' } });
    expect(long.problems).toMatchObject([{ side: 'back', about: 'qr' }]);
    const dense = layoutCard({ ...card, qr: { url: `https://x.example/${'a'.repeat(900)}`, caption: '' } });
    expect(dense.problems.map(({ message }) => message).join()).toContain('phones could not read');
  });
});

test('names keep their accents', () => {
  const card = sampleCard('letter', '6x9');
  const sheet = layoutCard({ ...card, back: { ...card.back, headline: 'José Müller-Łukasz' } });
  expect(runsOf(sheet.back).some(({ text }) => text.includes('José Müller-Łukasz'))).toBe(true);
  expect(sheet.problems).toEqual([]);
});
