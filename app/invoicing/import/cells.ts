/** A cell without the wrapping that spreadsheets need: `="311"` is 311, non-breaking spaces are spaces. */
export function unwrap(cell: string): string {
  const text = cell.replace(/[\u00a0\u2007\u202f]/g, ' ').trim();
  const formula = /^="((?:[^"]|"")*)"$/.exec(text);
  return formula?.[1] === undefined ? text : formula[1].replaceAll('""', '"').trim();
}

/** The beginning of a text. A character of two units, such as an emoji, is not cut in half: the database takes no halves. */
export const cut = (value: string, length: number): string => value.slice(0, length).replace(/[\ud800-\udbff]$/, '');

/** True for what products write where there is nothing: blank, `-`, `--`, `—`, `N/A`, `none`, `null`. */
export function isNothing(cell: string): boolean {
  return /^(?:|-+|—|–|n\/?a|none|null|nil)$/i.test(cell.trim());
}

/** The cell's text, or null where it says nothing. Formula-like text (`=1+1`, `@x`) stays as it is: here it is data. */
export function text(cell: string): string | null {
  const plain = unwrap(cell);
  return isNothing(plain) ? null : plain;
}

/** `true/false`, `yes/no`, `1/0`, `x`. Null for anything else. */
export function flag(cell: string): boolean | null {
  const plain = unwrap(cell).toLowerCase();
  if (/^(true|yes|y|1|x|on|subscribed|opted in)$/.test(plain)) return true;
  if (/^(false|no|n|0|off|unsubscribed|opted out)$/.test(plain)) return false;
  return null;
}

/** Tags in one cell, separated by comma, semicolon, bar or line break; doubles are dropped, however they are written. */
export function tags(cell: string): string[] {
  const seen = new Map<string, string>();
  for (const part of unwrap(cell).split(/[,;|\n\r]+/)) {
    const tag = part.trim().replace(/\s+/g, ' ');
    if (!isNothing(tag) && !seen.has(tag.toLowerCase())) seen.set(tag.toLowerCase(), tag);
  }
  return [...seen.values()];
}

/**
 * A cell for a CSV file of ours: quoted where needed, and with an apostrophe before what a spreadsheet would run (OWASP:
 * `= + - @`, tab, return). Plain figures such as -150.00 or +1 850 555 0101 stay, so that they can be read back.
 */
export function csvCell(value: string): string {
  const formula = /^[=+\-@\t\r]/.test(value) && !/^[+-][\d\s().,$]*$/.test(value);
  const safe = formula ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
