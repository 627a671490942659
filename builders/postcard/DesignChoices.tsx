import { CardSide } from './CardSide.tsx';
import { Choices } from './Choices.tsx';
import type { CompilePostcardOptions } from './compile.ts';
import {
  postcardDesigns,
  postcardSizes,
  type PostcardDesign,
  type PostcardDocument,
  type PostcardSize,
} from './document.ts';
import type { CardParts } from './fill.ts';
import { readPostcard, sheetOf, type PostcardSample } from './reading.ts';
import type { Sheet } from './sheet.ts';
import { designWords, sizeWords } from './words.ts';

/** The sizes, drawn to one scale. */
export function SizeChoices({
  value,
  onChange,
  readOnly,
}: {
  value: PostcardSize;
  onChange: (size: PostcardSize) => void;
  readOnly: boolean;
}) {
  const choices = postcardSizes.map((size) => ({ value: size, ...sizeWords[size], picture: <Outline size={size} /> }));
  return <Choices name="size" legend="Size" value={value} choices={choices} onChange={onChange} readOnly={readOnly} />;
}

/** Points of the picture to an inch. */
const SCALE = 7;

function Outline({ size }: { size: PostcardSize }) {
  const [height = 0, width = 0] = size.split('x').map((inches) => Number(inches) * SCALE);
  return (
    <svg viewBox="0 0 79 44" width={79} height={44}>
      <rect
        x={(78 - width) / 2 + 0.5}
        y={(43 - height) / 2 + 0.5}
        width={width}
        height={height}
        rx={1.5}
        fill="#fff"
        stroke="currentColor"
      />
    </svg>
  );
}

/** This card's front in each of the designs. */
export function DesignChoices({
  value,
  drawn,
  pictureUrl,
  onChange,
  readOnly,
}: {
  value: PostcardDesign;
  /** Null until there is a browser to draw them. */
  drawn: Readonly<Record<PostcardDesign, Sheet | null>> | null;
  pictureUrl: (token: string) => string;
  onChange: (design: PostcardDesign) => void;
  readOnly: boolean;
}) {
  const choices = postcardDesigns.map((design) => {
    const sheet = drawn?.[design];
    const picture = sheet && <CardSide sheet={sheet} side="front" pictureUrl={pictureUrl} />;
    return { value: design, ...designWords[design], picture };
  });
  return (
    <Choices name="design" legend="Design" value={value} choices={choices} onChange={onChange} readOnly={readOnly} />
  );
}

export function drawnDesigns(
  document: PostcardDocument,
  options: CompilePostcardOptions,
  sample: PostcardSample,
  parts: Omit<CardParts, 'address'>,
  exampleUrl: string,
): Record<PostcardDesign, Sheet | null> {
  const { draft, prepared } = readPostcard(document, options);
  const drawn = (design: PostcardDesign) =>
    sheetOf({ ...prepared, compiled: { ...draft.compiled, design } }, sample, parts, exampleUrl);
  return { classic: drawn('classic'), photo: drawn('photo'), notice: drawn('notice'), letter: drawn('letter') };
}
