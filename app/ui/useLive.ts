import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';

/**
 * Loads the page's numbers again, so often, while somebody looks at it.
 * @param everyMs null: not at all
 * @param now once at once: what stands around the page was loaded beside what the page changed by being opened
 */
export function useLive(everyMs: number | null, now = false) {
  const { state, revalidate } = useRevalidator();
  const busy = useRef(false);
  useEffect(() => {
    busy.current = state !== 'idle';
  }, [state]);
  useEffect(() => {
    if (everyMs === null) return;
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      if (document.visibilityState === 'visible' && !busy.current) revalidate();
    };
    // By a clock of its own: on a busy machine React never shows that it is loading, and nothing that hangs on it would go on.
    const wait = (ms: number) => {
      timer = setTimeout(() => {
        look();
        wait(everyMs);
      }, ms);
    };
    wait(now ? 0 : everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [everyMs, now, revalidate]);
}
