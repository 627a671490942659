import { useEffect, useRef, useState } from 'react';

import { createAutosave, type Autosave, type SaveState } from './autosave.ts';

/**
 * Autosave for a page: see `createAutosave`. The state is for `<SaveStatus>`; closing the tab with something unsaved asks.
 * @param options.version what the page was loaded with
 */
export function useAutosave<Value extends object, Extra = unknown>(options: {
  url: string;
  step: string;
  version: string | number;
  savedAt: string | null;
  onSaved?: (reply: Extra) => void;
}): { autosave: Autosave<Value>; state: SaveState } {
  const [state, setState] = useState<SaveState>({ kind: 'saved', at: options.savedAt });
  const latest = useRef(options);
  latest.current = options;
  const kept = useRef<Autosave<Value> | null>(null);
  const autosave = (kept.current ??= createAutosave<Value, Extra>({
    ...options,
    onState: setState,
    onSaved: (reply) => latest.current.onSaved?.(reply),
  }));
  useEffect(() => {
    autosave.open();
    const ask = (event: BeforeUnloadEvent) => {
      if (autosave.isClean()) return;
      void autosave.flush();
      event.preventDefault();
    };
    const online = () => void autosave.flush();
    window.addEventListener('beforeunload', ask);
    window.addEventListener('online', online);
    return () => {
      window.removeEventListener('beforeunload', ask);
      window.removeEventListener('online', online);
      autosave.close();
    };
  }, [autosave]);
  return { autosave, state };
}
