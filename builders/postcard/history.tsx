import { useEffect, useRef, useState } from 'react';

import type { PostcardDocument } from './document.ts';

/** Letters typed into one field within this time are one step, in milliseconds. */
const STEP = 1_000;

const MOST_STEPS = 200;

type Step = { readonly document: PostcardDocument; readonly field: string; readonly at: number };

/** The document with the steps that led to it, for undo and redo of all that a text field cannot undo by itself. */
export type History = {
  readonly document: PostcardDocument;
  /** @param field what was changed: two changes of the same one in a row are one step */
  readonly change: (document: PostcardDocument, field: string) => void;
  /** Null while there is nothing to undo. */
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
};

/**
 * Keeps the document here, so that a letter shows whatever the page around does meanwhile. Another document than `onChange` gave
 * last takes its place, and its steps are forgotten.
 */
export function useHistory(value: PostcardDocument, onChange: (document: PostcardDocument) => void): History {
  const [state, setState] = useState({ document: value, past: [] as Step[], future: [] as PostcardDocument[] });
  const last = useRef(value);
  let current = state;
  if (value !== last.current) {
    last.current = value;
    if (JSON.stringify(value) !== JSON.stringify(state.document)) {
      current = { document: value, past: [], future: [] };
      setState(current);
    }
  }
  const go = (next: typeof state) => {
    setState(next);
    last.current = next.document;
    onChange(next.document);
  };
  const { document, past, future } = current;
  const before = past.at(-1);
  const after = future.at(-1);
  return {
    document,
    change: (next, field) => {
      const now = Date.now();
      const joins = before !== undefined && before.field === field && now - before.at < STEP;
      const step = { document: joins ? before.document : document, field, at: now };
      go({ document: next, past: [...(joins ? past.slice(0, -1) : past), step].slice(-MOST_STEPS), future: [] });
    },
    undo: before
      ? () => go({ document: before.document, past: past.slice(0, -1), future: [...future, document] })
      : null,
    redo: after
      ? () => go({ document: after, past: [...past, { document, field: '', at: 0 }], future: future.slice(0, -1) })
      : null,
  };
}

/** Ctrl-Z and Ctrl-Y within an element, wherever the focus is in it; text fields undo their own letters. */
export function useUndoKeys(undo: (() => void) | null, redo: (() => void) | null): React.RefObject<HTMLDivElement> {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = root.current;
    const onKey = (event: KeyboardEvent) => {
      const writing = (event.target as Element).matches('textarea, input[type="text"]');
      if (writing || !(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      const step = key === 'y' || (key === 'z' && event.shiftKey) ? redo : key === 'z' ? undo : null;
      if (step === null) return;
      event.preventDefault();
      step();
    };
    element?.addEventListener('keydown', onKey);
    return () => element?.removeEventListener('keydown', onKey);
  }, [undo, redo]);
  return root;
}
