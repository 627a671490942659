/** Something that a person must look at before a message can go out, in words that need no knowledge of Liquid. */
export type Problem = {
  readonly message: string;
  /** The part of the message it is in, as the builder names it: "Subject", "Text 2", "Button 1, Url". */
  readonly where: string;
  /** From 1, in the text as the person sees it. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** The line around the place, shortened. */
  readonly excerpt: string;
};

/** A problem at an offset (UTF-16 units) of a text. */
export function problemAt(text: string, offset: number, where: string, message: string): Problem {
  const at = Math.max(0, Math.min(offset, text.length));
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = text.indexOf('\n', at);
  const line = text.slice(0, lineStart).split('\n').length;
  const from = Math.max(lineStart, at - 20);
  const to = Math.min(lineEnd < 0 ? text.length : lineEnd, at + 60);
  const excerpt = `${from > lineStart ? '…' : ''}${text.slice(from, to)}${lineEnd < 0 && to < text.length ? '…' : ''}`;
  return { message, where, line, column: at - lineStart + 1, excerpt: excerpt.trim() };
}

/** A problem of a whole part that has no place inside it. */
export function problemOf(where: string, message: string, excerpt = ''): Problem {
  return { message, where, line: 1, column: 1, excerpt };
}

/** The tag or word in which a problem is, in UTF-16 units of the text. */
export function placeOf(text: string, { line, column }: Problem): { start: number; end: number } {
  const before = text.split('\n').slice(0, line - 1);
  const start = Math.min(text.length, before.join('\n').length + (line > 1 ? 1 : 0) + column - 1);
  const [found = ''] = /^\{[{%].*?[%}]\}|^(?:\{[{%].*?[%}]\}|\S)+/s.exec(text.slice(start)) ?? [];
  return { start, end: start + found.length };
}

/** The known name that was most likely meant, or null if none is near. Case and separators count little. */
export function nearestName(typed: string, known: readonly string[]): string | null {
  const wanted = plain(typed);
  const tail = plain(typed.split('.').at(-1) ?? '');
  let best: { name: string; distance: number } | null = null;
  for (const name of known) {
    if (plain(name) === wanted) return name;
    const nameTail = plain(name.split('.').at(-1) ?? '');
    const whole = editDistance(wanted, plain(name));
    const tails =
      tail === nameTail || (tail.length > 3 && nameTail.includes(tail)) ? 1 : editDistance(tail, nameTail) + 1;
    const distance = Math.min(whole, tails);
    if (!best || distance < best.distance) best = { name, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(Math.min(wanted.length, 12) / 3)) ? best.name : null;
}

function plain(name: string): string {
  return name
    .slice(0, 80)
    .toLowerCase()
    .replace(/[^a-z0-9.]/g, '');
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
