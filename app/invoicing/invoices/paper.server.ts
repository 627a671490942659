import PDFDocument from 'pdfkit';

import { hasGlyph, widthOf, type Weight } from '#builders/postcard/metrics.ts';
import { useFonts } from '#builders/postcard/press-fonts.server.ts';

/*
 * What the company's papers (invoices, statements) are set with: US Letter, the printing fonts embedded, text that wraps line by
 * line and goes on overleaf, tables whose heading is repeated, a foot with the page's number. Positions are points from the top
 * left; `y` is where the next thing goes.
 */

/** The company as its papers show it. */
export type PaperCompany = {
  name: string;
  /** Postal address, line by line. */
  address: string[];
  /** As people read them; empty where unknown. */
  phone: string;
  email: string;
  website: string;
  /** Readable on white: see `readableColor`. */
  color: string;
  logo: { bytes: Buffer; width: number; height: number } | null;
};

export type Paper = { document: PDFKit.PDFDocument; company: PaperCompany; y: number; foot: string };

export const PAGE = { width: 612, height: 792, left: 54, right: 558, top: 48, bottom: 724 } as const;
const WIDTH = PAGE.right - PAGE.left;
export const INK = '#1d2420';
export const QUIET = '#5c665f';
export const HAIRLINE = '#d9d4ca';

type Style = { size?: number; weight?: Weight; color?: string; align?: 'left' | 'right' };

/** A paper with its first page. @param title as the file's own title @param foot at the foot of each page, left */
export function openPaper(company: PaperCompany, title: string, foot: string): Paper {
  const document = new PDFDocument({
    size: 'LETTER',
    margin: 0,
    bufferPages: true,
    lang: 'en-US',
    displayTitle: true,
    info: { Title: title, Author: company.name, Producer: 'Fieldpost', Creator: 'Fieldpost' },
    font: null as never, // no font that isn't ours
  });
  useFonts(document);
  return { document, company, y: PAGE.top, foot };
}

/** One line of text, whose top is at `y`. Not wrapped. */
export function write(paper: Paper, text: string, x: number, y: number, width: number, style: Style = {}): void {
  const { size = 10, weight = 400, color = INK, align = 'left' } = style;
  const { document } = paper;
  document.font(String(weight), size).fillColor(color);
  const line = plain(text);
  const at = align === 'right' ? x + width - widthOf(line, size, weight) : x;
  document.text(line, at, y + size * 0.95, { baseline: 'alphabetic', lineBreak: false, features: [] });
}

/** A line's height. */
export const leading = (size = 10): number => size * 1.4;

/** Text in lines that fit a width: broken between words, and inside one that is longer than a line. Its own line ends stay. */
export function wrap(text: string, width: number, { size = 10, weight = 400 }: Style = {}): string[] {
  const fits = (line: string) => widthOf(line, size, weight) <= width;
  return plain(text)
    .split('\n')
    .flatMap((paragraph) => {
      const lines: string[] = [];
      let line = '';
      for (const word of paragraph.split(/ +/)) {
        const longer = line === '' ? word : `${line} ${word}`;
        if (fits(longer)) {
          line = longer;
          continue;
        }
        if (line !== '') lines.push(line);
        line = word;
        while (!fits(line)) {
          const signs = Array.from(line);
          let cut = signs.length - 1;
          while (cut > 1 && !fits(signs.slice(0, cut).join(''))) cut -= 1;
          lines.push(signs.slice(0, cut).join(''));
          line = signs.slice(cut).join('');
        }
      }
      return [...lines, line];
    });
}

/** Wrapped text at the left edge, going on overleaf where it must. */
export function paragraph(paper: Paper, text: string, style: Style = {}, x: number = PAGE.left, width = WIDTH): void {
  for (const line of wrap(text, width, style)) {
    room(paper, leading(style.size));
    write(paper, line, x, paper.y, width, style);
    paper.y += leading(style.size);
  }
}

/** Begins a new page unless so much fits on this one. @returns true for a new page */
export function room(paper: Paper, height: number): boolean {
  if (paper.y + height <= PAGE.bottom) return false;
  paper.document.addPage();
  paper.y = PAGE.top;
  return true;
}

/** A thin line across, or between two edges. */
export function rule(
  paper: Paper,
  color = HAIRLINE,
  width = 0.75,
  from: number = PAGE.left,
  to: number = PAGE.right,
): void {
  paper.document.save().lineWidth(width).moveTo(from, paper.y).lineTo(to, paper.y).stroke(color).restore();
}

export type PaperColumn = { label: string; width: number; align?: 'left' | 'right' };

/**
 * A table over the paper's whole width. Its heading stands again on each page; a row that doesn't fit goes on overleaf line by line.
 * @param columns widths in points; one of 0 takes what is left
 * @param rows cells in the order of the columns; a text may have several lines
 */
export function table(paper: Paper, columns: PaperColumn[], rows: readonly (readonly string[])[]): void {
  const gap = 12;
  const fixed = columns.reduce((sum, column) => sum + column.width, 0) + gap * (columns.length - 1);
  let x: number = PAGE.left;
  const placed = columns.map((column) => {
    const width = column.width || WIDTH - fixed;
    const at = { ...column, x, width };
    x += width + gap;
    return at;
  });
  const heading = () => {
    for (const { label, x, width, align } of placed) {
      write(paper, label, x, paper.y, width, { size: 9, weight: 600, color: QUIET, align });
    }
    paper.y += leading(9) + 3;
    rule(paper, paper.company.color, 1);
    paper.y += 6;
  };
  room(paper, 60);
  heading();
  for (const row of rows) {
    const cells = placed.map((column, index) => wrap(row[index] ?? '', column.width));
    const height = Math.max(...cells.map((lines) => lines.length));
    // A short row stays in one piece.
    if (height <= 8 && room(paper, height * leading() + 6)) heading();
    for (let line = 0; line < height; line += 1) {
      if (room(paper, leading())) heading();
      placed.forEach(({ x, width, align }, index) => {
        const text = cells[index]![line];
        if (text) write(paper, text, x, paper.y, width, { align });
      });
      paper.y += leading();
    }
    paper.y += 3;
    rule(paper);
    paper.y += 5;
  }
}

/** Names and figures at the right edge, each on a line of its own. */
export function sums(paper: Paper, rows: readonly { label: string; value: string; strong?: boolean }[]): void {
  const [left, width] = [PAGE.right - 300, 300];
  for (const { label, value, strong } of rows) {
    const style = strong ? ({ size: 12, weight: 700 } as const) : ({ size: 10, weight: 400 } as const);
    room(paper, leading(style.size) + 6);
    if (strong) {
      rule(paper, INK, 1, left, PAGE.right);
      paper.y += 5;
    }
    write(paper, label, left, paper.y, width - 110, { ...style, color: strong ? INK : QUIET });
    write(paper, value, left, paper.y, width, { ...style, align: 'right' });
    paper.y += leading(style.size) + 2;
  }
}

/** The head: logo or name at the left with the address below, what the paper is at the right. @param stamp a plain word, or null */
export function letterHead(
  paper: Paper,
  kind: string,
  facts: readonly (readonly [string, string])[],
  stamp: { text: string; color: string } | null,
): void {
  const { document, company } = paper;
  const top = paper.y;
  if (company.logo) {
    const scale = Math.min(200 / company.logo.width, 48 / company.logo.height, 1);
    document.image(company.logo.bytes, PAGE.left, top, { width: company.logo.width * scale });
    paper.y += company.logo.height * scale + 8;
  }
  paragraph(paper, company.name, { size: company.logo ? 10 : 16, weight: 600 }, PAGE.left, 260);
  const contact = [...company.address, company.phone, company.email, company.website].filter(Boolean);
  for (const line of contact) paragraph(paper, line, { size: 9, color: QUIET }, PAGE.left, 260);
  const left = paper.y;

  paper.y = top;
  const [x, width] = [PAGE.right - 220, 220];
  write(paper, kind, x, paper.y, width, { size: 20, weight: 700, color: company.color, align: 'right' });
  paper.y += leading(20) + 4;
  for (const [name, value] of facts) {
    write(paper, name, x, paper.y, width, { size: 10, color: QUIET });
    const lines = wrap(value, width - 90, { size: 10, weight: 600 });
    for (const line of lines) {
      write(paper, line, x, paper.y, width, { size: 10, weight: 600, align: 'right' });
      paper.y += leading();
    }
  }
  if (stamp) {
    paper.y += 6;
    const wide = widthOf(stamp.text, 14, 700) + 20;
    document
      .save()
      .lineWidth(1.5)
      .roundedRect(PAGE.right - wide, paper.y, wide, 26, 3)
      .stroke(stamp.color)
      .restore();
    write(paper, stamp.text, PAGE.right - wide + 10, paper.y + 4.5, wide, {
      size: 14,
      weight: 700,
      color: stamp.color,
    });
    paper.y += 32;
  }
  paper.y = Math.max(left, paper.y) + 20;
}

/** Ends the paper: each page gets its foot. */
export function finishPaper(paper: Paper): Promise<Buffer> {
  const { document } = paper;
  const { start, count } = document.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    document.switchToPage(start + index);
    paper.y = PAGE.bottom + 16;
    rule(paper);
    const style = { size: 8, color: QUIET } as const;
    const [line = ''] = wrap(paper.foot, WIDTH - 90, style);
    write(paper, line.replace(/ ·$/, ''), PAGE.left, paper.y + 6, WIDTH - 90, style);
    write(paper, `Page ${index + 1} of ${count}`, PAGE.left, paper.y + 6, WIDTH, { ...style, align: 'right' });
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
    document.end();
  });
}

/** Letters with their accents in one, since the fonts place none by themselves; what the fonts lack is a question mark. */
const plain = (text: string): string =>
  Array.from(
    text
      .normalize('NFC')
      .replaceAll('\r\n', '\n')
      .replaceAll(/[\t\u00a0\u2007\u202f]/g, ' ')
      .replaceAll(/\ufe0f|[\u200b-\u200f\u2060\ufeff]|(?!\n)\p{Cc}/gu, ''),
    (char) => (char === '\n' || hasGlyph(char) ? char : '?'),
  ).join('');
