import PDFDocument from 'pdfkit';

import { FONT_FILES } from './fonts.server.ts';
import { kernOf, weights, type Weight } from './metrics.ts';

/** What pdfkit needs of a font that is already open. */
type Glyph = { readonly id: number; readonly advanceWidth: number; readonly codePoints: readonly number[] };
type OpenFont = { readonly unitsPerEm: number; glyphForCodePoint: (code: number) => Glyph };

let opened: Readonly<Record<Weight, PDFKit.Mixins.PDFFontSource>> | null = null;

/**
 * The printing fonts, opened once a process and given to each document. They space letters as `metrics.ts` says and replace none
 * by another form: what is printed is as wide as what was laid out.
 */
export function printingFonts(): Readonly<Record<Weight, PDFKit.Mixins.PDFFontSource>> {
  opened ??= { 400: open(400), 600: open(600), 700: open(700) };
  return opened;
}

/** Names the fonts of a document by their weights. */
export function useFonts(document: PDFKit.PDFDocument): void {
  const fonts = printingFonts();
  for (const weight of weights) document.registerFont(String(weight), fonts[weight]);
}

/** pdfkit opens the file; a font that is open it takes as it is. */
function open(weight: Weight): PDFKit.Mixins.PDFFontSource {
  const document = new PDFDocument({ autoFirstPage: false }).font(FONT_FILES[weight]) as unknown as {
    _font: { font: OpenFont };
  };
  const {
    _font: { font },
  } = document;
  const { unitsPerEm } = font;
  const known = new Map<string, Glyph>();
  const glyphOf = (char: string): Glyph => {
    const found = known.get(char);
    if (found) return found;
    const { id, advanceWidth, codePoints } = font.glyphForCodePoint(char.codePointAt(0) ?? 0);
    const glyph = { id, advanceWidth, codePoints };
    known.set(char, glyph);
    return glyph;
  };
  const layout = (text: string) => {
    const chars = Array.from(text);
    const glyphs = chars.map(glyphOf);
    const positions = glyphs.map(({ advanceWidth }, index) => {
      const next = chars[index + 1];
      const kern = next === undefined ? 0 : kernOf(chars[index] ?? '', next, weight) * unitsPerEm;
      return { xAdvance: advanceWidth + kern, yAdvance: 0, xOffset: 0, yOffset: 0 };
    });
    return { glyphs, positions, advanceWidth: positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0) };
  };
  return Object.create(font, { layout: { value: layout } }) as PDFKit.Mixins.PDFFontSource;
}
