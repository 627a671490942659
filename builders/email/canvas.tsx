import { useEffect, useRef, useState } from 'react';

import type { EmailDocument } from './document.ts';

import { type CanvasEditor, type CanvasState, startCanvas } from './canvas-editor.tsx';

/** How long the person has to pause before the email is handed on to be saved. */
const SAVE_AFTER_MS = 600;

type Options = {
  document: EmailDocument;
  companyName: string;
  postalAddress: string;
  readOnly: boolean;
  onChange: (document: EmailDocument) => void;
  onKey: (event: KeyboardEvent) => void;
};

export type Canvas = {
  readonly host: React.RefObject<HTMLDivElement>;
  readonly status: 'loading' | 'ready' | 'failed';
  readonly editor: CanvasEditor | null;
  readonly state: CanvasState;
};

/**
 * Runs GrapesJS in `host`. The document is read when it starts; later ones are echoes of our own and are ignored, so that an
 * answer that comes late never undoes what was typed meanwhile. Changes go to `onChange` after a pause, latest only, and
 * at once when the page is left.
 */
export function useCanvas(options: Options): Canvas {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(options);
  const current = useRef(options.document);
  const saved = useRef('');
  const [status, setStatus] = useState<Canvas['status']>('loading');
  const [editor, setEditor] = useState<CanvasEditor | null>(null);
  const [state, setState] = useState<CanvasState>({
    document: options.document,
    error: null,
    selected: null,
    canUndo: false,
    canRedo: false,
    typing: null,
  });
  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    let gone = false;
    let started: CanvasEditor | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = () => {
      clearTimeout(timer);
      const json = JSON.stringify(current.current);
      if (started === null || json === saved.current) return;
      saved.current = json;
      latest.current.onChange(current.current);
    };
    const onState = (next: CanvasState) => {
      if (gone) return;
      setState((before) => ({ ...next, document: next.document ?? before.document }));
      if (next.document === null || started === null) return;
      current.current = next.document;
      if (JSON.stringify(next.document) === saved.current) return;
      clearTimeout(timer);
      timer = setTimeout(save, SAVE_AFTER_MS);
    };
    startCanvas({
      host: element,
      document: current.current,
      sample: { companyName: latest.current.companyName, postalAddress: latest.current.postalAddress },
      readOnly: latest.current.readOnly,
      onState,
      onKey: (event) => latest.current.onKey(event),
    }).then(
      (ready) => {
        if (gone) return ready.destroy();
        const first = ready.read();
        saved.current = JSON.stringify(first.ok ? first.document : current.current);
        started = ready;
        setEditor(ready);
        setStatus('ready');
        performance.mark('email-builder-ready');
      },
      () => {
        if (!gone) setStatus('failed');
      },
    );
    window.addEventListener('pagehide', save);
    return () => {
      window.removeEventListener('pagehide', save);
      if (started !== null) {
        const last = started.read();
        if (last.ok) current.current = last.document;
      }
      save();
      gone = true;
      started?.destroy();
      setEditor(null);
    };
  }, []);

  return { host, status, editor, state };
}
