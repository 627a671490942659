import type { Box } from './geometry.ts';
import { CAP_HEIGHT, DESCENT, widthOf, type Weight } from './metrics.ts';
import type { TextRole, TextRun } from './sheet.ts';
import { measureText, wrapText, type MeasuredText } from './wrap.ts';

/** A text that stands in a column, one below the other. */
export type Block = {
  readonly role: TextRole;
  readonly text: string;
  /** In points, the largest first. All blocks of a column step down together until they fit. */
  readonly sizes: readonly number[];
  readonly weight: Weight;
  readonly color: string;
  /** From baseline to baseline, in parts of the size. */
  readonly leading: number;
  /** Free room above, in points; none above the first of a column. */
  readonly gap: number;
  readonly align?: 'left' | 'center' | 'right';
  /** Lines about equally long, as headlines want them, so that no word is left alone. */
  readonly balanced?: boolean;
};

export type Overflow = {
  readonly role: TextRole;
  /** Lines that found no room. */
  readonly lines: number;
  /** About as many characters. */
  readonly characters: number;
};

export type Column = {
  readonly runs: readonly TextRun[];
  /** Where the last line's descenders end. */
  readonly bottom: number;
  readonly height: number;
  readonly overflows: readonly Overflow[];
  /** Words that are wider than the column even at the smallest size. */
  readonly tooWide: readonly { readonly role: TextRole; readonly word: string }[];
};

type Set = {
  readonly block: Block;
  readonly text: MeasuredText;
  readonly size: number;
  lines: string[];
  readonly tooWide: readonly string[];
  readonly broken: boolean;
};

/** An empty line between paragraphs, in parts of a line. */
const PARAGRAPH = 0.55;

/** A longer text is no headline. */
const MOST_BALANCED = 6;

/**
 * Sets texts one below the other at the largest sizes at which all of them fit the box. Where the smallest don't either, lines are
 * left out of the longest text and counted: nothing leaves the box, and nothing goes missing unsaid. Empty texts take no room.
 * @param anchor where the column stands in the box
 */
export function setColumn(blocks: readonly Block[], box: Box, anchor: 'top' | 'middle' | 'bottom' = 'top'): Column {
  const filled = blocks.filter(({ text }) => text.trim() !== '');
  const sets = fittingSets(filled, box);
  const overflows = leaveOut(sets, box.height);
  for (const set of sets) {
    const whole = !overflows.some(({ role }) => role === set.block.role);
    if (set.block.balanced && whole) set.lines = balancedLines(set, box.width);
  }
  const height = heightOf(sets);
  const free = box.height - height;
  let y = box.y + (anchor === 'top' ? 0 : anchor === 'middle' ? free / 2 : free);
  const runs: TextRun[] = [];
  let first = true;
  for (const set of sets) {
    if (set.lines.length === 0) continue;
    if (!first) y += set.block.gap;
    first = false;
    y = place(set, box, y, runs);
  }
  return {
    runs,
    bottom: y,
    height,
    overflows,
    tooWide: sets.flatMap(({ block, tooWide }) => tooWide.map((word) => ({ role: block.role, word }))),
  };
}

/** At the largest sizes that fit, and that break no address if any do. */
function fittingSets(blocks: readonly Block[], { width, height }: Box): Set[] {
  const steps = Math.max(1, ...blocks.map(({ sizes }) => sizes.length));
  const measured = blocks.map((block) => [block, measureText(block.text, block.weight)] as const);
  let sets: Set[] = [];
  let fitting: Set[] | null = null;
  for (let step = 0; step < steps; step += 1) {
    sets = measured.map(([block, text]) => setBlock(block, text, width, step));
    if (heightOf(sets) > height || sets.some(({ tooWide }) => tooWide.length > 0)) continue;
    if (sets.every(({ broken }) => !broken)) return sets;
    fitting ??= sets;
  }
  return fitting ?? sets;
}

function setBlock(block: Block, text: MeasuredText, width: number, step: number): Set {
  const size = block.sizes[Math.min(step, block.sizes.length - 1)] ?? 0;
  const { lines, tooWide, broken } = wrapText(text, width, size);
  return { block, text, size, lines: [...lines], tooWide, broken };
}

/** Finds the narrowest column in which a text takes no more lines than in the whole one. */
function balancedLines({ text, size, lines: whole, broken }: Set, width: number): string[] {
  let lines = whole;
  if (lines.length < 2 || lines.length > MOST_BALANCED || broken) return lines;
  let [narrow, wide] = [width / 2, width];
  for (let round = 0; round < 6; round += 1) {
    const middle = (narrow + wide) / 2;
    const tried = wrapText(text, middle, size);
    if (tried.lines.length > lines.length || tried.broken) narrow = middle;
    else [wide, lines] = [middle, [...tried.lines]];
  }
  return lines;
}

function heightOf(sets: readonly Set[]): number {
  let height = 0;
  for (const set of sets) {
    if (set.lines.length > 0) height += (height > 0 ? set.block.gap : 0) + heightOfSet(set);
  }
  return height;
}

function heightOfSet({ block, size, lines }: Set): number {
  const gaps = lines.filter((line) => line === '').length;
  return size * (CAP_HEIGHT + DESCENT + block.leading * (lines.length - gaps - 1 + gaps * PARAGRAPH));
}

/** Takes lines away from the longest text until the rest fits. */
function leaveOut(sets: readonly Set[], room: number): Overflow[] {
  const out = new Map<Set, string[]>();
  while (heightOf(sets) > room) {
    const longest = sets.reduce<Set | null>(
      (most, set) => (set.lines.length > (most?.lines.length ?? 0) ? set : most),
      null,
    );
    if (!longest) break;
    const line = longest.lines.pop() ?? '';
    while (longest.lines.at(-1) === '') longest.lines.pop();
    out.set(longest, [...(out.get(longest) ?? []), line]);
  }
  return [...out].map(([{ block }, lines]) => ({
    role: block.role,
    lines: lines.length,
    characters: lines.reduce((sum, line) => sum + line.length + 1, 0),
  }));
}

/** Adds the lines of a text from `y` down, and returns where its descenders end. */
function place({ block, size, lines }: Set, box: Box, y: number, runs: TextRun[]): number {
  const { role, weight, color, align = 'left' } = block;
  let baseline = y + size * CAP_HEIGHT;
  for (const [index, text] of lines.entries()) {
    if (index > 0) baseline += size * block.leading * (text === '' ? PARAGRAPH : 1);
    if (text === '') continue;
    const free = align === 'left' ? 0 : box.width - widthOf(text, size, weight);
    const x = box.x + (align === 'center' ? free / 2 : free);
    runs.push({ kind: 'text', role, x, y: baseline, size, weight, color, text });
  }
  return baseline + size * DESCENT;
}
