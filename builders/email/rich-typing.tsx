/**
 * Typing rich text into an element, on the canvas or in the properties panel: both behave alike because both use this. The element's
 * selection is remembered, so that a menu elsewhere can insert at the caret after it took the focus.
 */
import type { SpecialLink } from '../merge/special-links.ts';

import { cleanRichText, escapeHtml } from './rich-text.ts';

export type TextCommand = 'bold' | 'italic' | 'underline' | 'insertUnorderedList' | 'unlink';

const carets = new WeakMap<HTMLElement, Range>();

/** Makes an element take rich text. The returned function ends that. */
export function startTyping(element: HTMLElement, onInput: () => void, onEscape: () => void): () => void {
  const page = element.ownerDocument;
  const remember = () => {
    const selection = page.getSelection();
    const range = selection !== null && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
    if (range !== null && element.contains(range.commonAncestorContainer)) carets.set(element, range.cloneRange());
  };
  const paste = (event: ClipboardEvent) => {
    event.preventDefault();
    const html = event.clipboardData?.getData('text/html') ?? '';
    const words = event.clipboardData?.getData('text/plain') ?? '';
    insertHtml(element, html === '' ? escapeHtml(words).replace(/\r\n|\r|\n/g, '<br>') : cleanRichText(html));
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      onEscape();
    } else if (event.key === 'Enter' && !page.queryCommandState('insertUnorderedList')) {
      event.preventDefault();
      page.execCommand('insertLineBreak');
    }
    // Keys that GrapesJS or the page would act on belong to the text while it is edited.
    event.stopPropagation();
  };
  const refuse = (event: Event) => event.preventDefault();
  element.contentEditable = 'true';
  page.execCommand('styleWithCSS', false, 'false');
  page.addEventListener('selectionchange', remember);
  element.addEventListener('paste', paste);
  element.addEventListener('keydown', key);
  element.addEventListener('drop', refuse);
  element.addEventListener('input', onInput);
  return () => {
    element.contentEditable = 'false';
    page.removeEventListener('selectionchange', remember);
    element.removeEventListener('paste', paste);
    element.removeEventListener('keydown', key);
    element.removeEventListener('drop', refuse);
    element.removeEventListener('input', onInput);
  };
}

/** Puts the caret where it was, or at the end, and the focus with it. */
export function restoreCaret(element: HTMLElement): void {
  const page = element.ownerDocument;
  const selection = page.getSelection();
  const kept = carets.get(element);
  page.defaultView?.focus();
  element.focus();
  if (selection === null) return;
  const range = kept !== undefined && element.contains(kept.commonAncestorContainer) ? kept : endOf(element);
  selection.removeAllRanges();
  selection.addRange(range);
}

/** Puts the caret under the pointer; at the end when there was none. */
export function placeCaret(element: HTMLElement, event: Event | undefined): void {
  const page = element.ownerDocument;
  const range =
    event instanceof (page.defaultView ?? window).MouseEvent
      ? page.caretRangeFromPoint?.(event.clientX, event.clientY)
      : null;
  carets.set(element, range && element.contains(range.startContainer) ? range : endOf(element));
  restoreCaret(element);
}

export function runCommand(element: HTMLElement, command: TextCommand): void {
  restoreCaret(element);
  element.ownerDocument.execCommand(command);
}

/** Inserts clean HTML at the caret, in place of what is selected. */
export function insertHtml(element: HTMLElement, html: string): void {
  restoreCaret(element);
  element.ownerDocument.execCommand('insertHTML', false, html);
}

/** Makes the selected words a link; with nothing selected inserts a link that says `text`. */
export function insertLink(element: HTMLElement, href: string, text: string): void {
  restoreCaret(element);
  const selection = element.ownerDocument.getSelection();
  if (selection !== null && !selection.isCollapsed) element.ownerDocument.execCommand('createLink', false, href);
  else insertHtml(element, `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`);
}

/** A special link at the caret (S0-02). */
export function insertSpecialLink(element: HTMLElement, link: SpecialLink): void {
  insertLink(element, link.tag, link.text);
}

/** The address of the link that the caret stands in, or ''. */
export function linkAtCaret(element: HTMLElement): string {
  const node = carets.get(element)?.startContainer;
  const around = node instanceof (element.ownerDocument.defaultView ?? window).Element ? node : node?.parentElement;
  return around?.closest('a')?.getAttribute('href') ?? '';
}

/** Which formats hold at the caret, for the pressed state of the buttons. */
export function activeCommands(element: HTMLElement): ReadonlySet<TextCommand> {
  const page = element.ownerDocument;
  const all: TextCommand[] = ['bold', 'italic', 'underline', 'insertUnorderedList'];
  return new Set(all.filter((command) => page.queryCommandState(command)));
}

function endOf(element: HTMLElement): Range {
  const range = element.ownerDocument.createRange();
  range.selectNodeContents(element);
  range.collapse(false);
  return range;
}
