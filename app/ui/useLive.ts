import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';

/**
 * Loads the page's numbers again, so often, while somebody looks at it.
 * @param everyMs null: not at all
 * @param now once at once: what stands around the page was loaded beside what the page changed by being opened
 */
export function useLive(everyMs: number | null, now = false) {
  const { state, revalidate } = useRevalidator();
  const asked = useRef(false);
  // With each answer that is drawn; what is drawn meanwhile does no harm.
  useEffect(() => {
    if (state === 'idle') asked.current = false;
  });
  useEffect(() => {
    if (everyMs === null) return;
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      if (document.visibilityState !== 'visible' || asked.current) return;
      asked.current = true;
      revalidate();
    };
    // By a clock of its own: on a busy machine React may never draw that it is loading, and what hangs on that stops.
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
