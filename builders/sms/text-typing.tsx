/**
 * Typing into a textarea on somebody's behalf. `execCommand` is the only way that leaves the browser's own undo whole: Ctrl-Z
 * takes back an inserted tag or a replacement like typed letters.
 */

/** Replaces a stretch (UTF-16 units) as if it were typed. The caret ends up behind it, and the focus in the field. */
export function typeOver(field: HTMLTextAreaElement, start: number, end: number, words: string): void {
  const before = field.value;
  if (before.slice(start, end) === words) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  const page = field.ownerDocument;
  if (words === '') page.execCommand('delete');
  else page.execCommand('insertText', false, words);
  if (field.value !== before) return;
  field.setRangeText(words, start, end, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Makes the field hold another text. Only what differs is typed over, in one step of undo. */
export function rewrite(field: HTMLTextAreaElement, next: string): void {
  const { value } = field;
  const shorter = Math.min(value.length, next.length);
  let head = 0;
  while (head < shorter && value[head] === next[head]) head += 1;
  if (splitsPair(value, head)) head -= 1;
  let tail = 0;
  while (tail < shorter - head && value[value.length - 1 - tail] === next[next.length - 1 - tail]) tail += 1;
  if (splitsPair(value, value.length - tail)) tail -= 1;
  typeOver(field, head, value.length - tail, next.slice(head, next.length - tail));
}

/** Inserts a tag at the caret, or in place of what is selected. */
export function insertTag(field: HTMLTextAreaElement, tag: string): void {
  typeOver(field, field.selectionStart, field.selectionEnd, tag);
}

/** Inserts a link at the caret, with blanks where it would touch a word. */
export function insertLink(field: HTMLTextAreaElement, tag: string): void {
  const { value, selectionStart: start, selectionEnd: end } = field;
  const before = start > 0 && !/[\s([{"']/.test(value[start - 1] ?? '') ? ' ' : '';
  const after = end < value.length && !/[\s.,;:!?)\]}"']/.test(value[end] ?? '') ? ' ' : '';
  typeOver(field, start, end, before + tag + after);
}

/** Selects a stretch and brings it into view. */
export function select(field: HTMLTextAreaElement, start: number, end: number): void {
  field.focus();
  field.setSelectionRange(start, end);
}

function splitsPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}
