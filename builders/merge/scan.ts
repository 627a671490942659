/**
 * Splits a text into plain stretches and merge expressions, before anything parses them: `{{ … }}` is an output,
 * `{% … %}` a tag. It mends what word processors and rich text editors do to an expression (curly quotes,
 * non-breaking and invisible characters) and resolves `{%-`/`-%}` trimming, so that later steps may treat the
 * stretches independently.
 */
export type Piece = {
  readonly kind: 'text' | 'output' | 'tag';
  /** For expressions: mended, without trim marks. */
  readonly source: string;
  /** Offsets in the scanned text. */
  readonly start: number;
  readonly end: number;
};

export type ScanFault = { readonly at: number; readonly message: string };

/** Characters between the braces of one expression; far more than anybody writes, and it bounds the work of mending one. */
export const MAX_EXPRESSION = 1_000;

/** A text with so many faults is not read on: each costs a look at all that follows. */
const MAX_FAULTS = 5;

/**
 * @returns all pieces in order, and what is broken, the first few faults at most; with faults the pieces are not fit to be
 * parsed. The work grows with the length of the text, whatever stands in it.
 */
export function scanTemplate(text: string): { pieces: Piece[]; faults: ScanFault[] } {
  const pieces: Piece[] = [];
  const faults: ScanFault[] = [];
  let at = 0;
  let trimNext = false;
  const pushText = (start: number, end: number, trimEnd: boolean) => {
    let source = text.slice(start, end);
    if (trimNext) source = source.trimStart();
    if (trimEnd) source = source.trimEnd();
    trimNext = false;
    const stray = /\}\}|%\}/.exec(source);
    if (stray) {
      const opener = stray[0] === '}}' ? '{{' : '{%';
      faults.push({ at: text.indexOf(stray[0], start), message: `“${stray[0]}” has no “${opener}” before it.` });
    }
    if (source !== '') pieces.push({ kind: 'text', source, start, end });
  };
  while (at < text.length) {
    if (faults.length >= MAX_FAULTS) return { pieces, faults };
    const open = nextOpening(text, at);
    if (open < 0) break;
    const kind = text[open + 1] === '{' ? 'output' : 'tag';
    const closer = kind === 'output' ? '}}' : '%}';
    const end = kind === 'output' ? endOfOutput(text, open + 2) : text.indexOf(closer, open + 2);
    const inner = end < 0 ? '' : text.slice(open + 2, end);
    const tooLong = inner.length > MAX_EXPRESSION;
    if (end < 0 || (!tooLong && /\{\{|\{%/.test(withoutQuoted(inner)))) {
      faults.push({ at: open, message: unclosedMessage(text, open, kind, closer) });
      // Goes on behind the broken opening, so that several faults are found in one go.
      pushText(at, open, false);
      at = open + 2;
      continue;
    }
    const trimLeft = inner.startsWith('-');
    pushText(at, open, trimLeft);
    const trimRight = inner.length > 1 && inner.endsWith('-');
    const typed = inner.slice(trimLeft ? 1 : 0, trimRight ? -1 : undefined);
    const body = (tooLong ? typed : mend(typed)).trim();
    if (tooLong) faults.push({ at: open, message: `A merge tag can have ${MAX_EXPRESSION} characters at most.` });
    else if (body === '') faults.push({ at: open, message: `This tag is empty: ${shown(text.slice(open, end + 2))}` });
    pieces.push({ kind, source: kind === 'output' ? `{{ ${body} }}` : `{% ${body} %}`, start: open, end: end + 2 });
    trimNext = trimRight;
    at = end + 2;
  }
  pushText(at, text.length, false);
  return { pieces, faults };
}

/** What stands between the braces of an expression piece, mended and trimmed. */
export function expressionOf(piece: Piece): string {
  return piece.source.slice(2, -2).trim();
}

/** The expression with the content of quoted strings blanked out, character for character. */
export function withoutQuoted(expression: string): string {
  return expression.replace(
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gs,
    (quoted) => `${quoted[0]}${' '.repeat(Math.max(0, quoted.length - 2))}${quoted[0]}`,
  );
}

/** An expression as a message names it: long ones are cut, blanks in a row count as one. */
export function shown(expression: string): string {
  const line = expression.replace(/\s+/g, ' ');
  return line.length <= 80 ? line : `${line.slice(0, 60)} … ${line.slice(-2)}`;
}

function nextOpening(text: string, from: number): number {
  const match = /\{\{|\{%/g;
  match.lastIndex = from;
  return match.exec(text)?.index ?? -1;
}

const CLOSING_QUOTES: Record<string, string> = { '"': '"', "'": "'", '“': '”"', '”': '”"', '„': '”“"' };

/** Offset of the `}}` that ends an output, one inside quotes not counted; -1 if there is none. */
function endOfOutput(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('}}', at)) return at;
    const closers = CLOSING_QUOTES[text[at] ?? ''];
    if (!closers) continue;
    const close = endOfQuoted(text, at, closers);
    // A quote that is never closed: the tag ends at its braces all the same, the parser then names the quote.
    if (close < 0) return text.indexOf('}}', at);
    at = close;
  }
  return -1;
}

function endOfQuoted(text: string, open: number, closers: string): number {
  const last = Math.min(text.length, open + MAX_EXPRESSION);
  for (let at = open + 1; at < last; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') at += 1;
    else if (closers.includes(char)) return at;
    else if (char === '\n' && text[at + 1] === '\n') return -1;
  }
  return -1;
}

function unclosedMessage(text: string, open: number, kind: Piece['kind'], closer: string): string {
  const sample = (text.slice(open, open + 32).split('\n')[0] ?? '').trim();
  const single = text.slice(open + 2).match(/^[^{}%\n]*\}(?!\})/);
  if (kind === 'output' && single) return `“${sample}” ends with one brace. It must end with “}}”.`;
  return `“${sample}” is not closed. It must end with “${closer}”.`;
}

/** Typographic quotes around a string become straight ones; invisible characters outside strings go. */
function mend(expression: string): string {
  let mended = '';
  for (let at = 0; at < expression.length; at += 1) {
    const char = expression[at] ?? '';
    if (char === '“' || char === '”' || char === '„') {
      const close = endOfQuoted(expression, at, '”“"');
      if (close > 0) {
        mended += `"${expression.slice(at + 1, close)}"`;
        at = close;
        continue;
      }
    }
    if (char === '‘' || char === '’' || char === '‚') {
      const close = /[’'‘](?=\s*(?:$|[|,=<>!]|and\b|or\b|contains\b))/.exec(expression.slice(at + 1));
      if (close) {
        mended += `'${expression.slice(at + 1, at + 1 + close.index).replaceAll("'", '’')}'`;
        at += 1 + close.index;
        continue;
      }
    }
    if (char === '"' || char === "'") {
      const close = endOfQuoted(expression, at, char === '"' ? '"' : "'");
      const curly = close < 0 && char === '"' ? endOfQuoted(expression, at, '”“') : -1;
      if (close > 0) {
        mended += expression.slice(at, close + 1);
        at = close;
        continue;
      }
      if (curly > 0) {
        mended += `"${expression.slice(at + 1, curly)}"`;
        at = curly;
        continue;
      }
    }
    if (/[\u00a0\u2000-\u200a\u202f\u3000]/.test(char)) mended += ' ';
    else if (!/[\u200b-\u200f\u2060\ufeff\u00ad]/.test(char)) mended += char;
  }
  return mended;
}
