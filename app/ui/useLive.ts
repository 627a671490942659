import { useRevalidator } from '@remix-run/react';
import { useEffect } from 'react';

/**
 * Loads the page's numbers again, so often, while somebody looks at it.
 * @param now once at once: what stands around the page was loaded beside what the page changed by being opened
 */
export function useLive(everyMs: number, now = false) {
  const { state, revalidate } = useRevalidator();
  useEffect(() => {
    if (state !== 'idle') return;
    const timer = setTimeout(
      () => {
        if (document.visibilityState === 'visible') revalidate();
      },
      now ? 0 : everyMs,
    );
    const back = () => document.visibilityState === 'visible' && revalidate();
    document.addEventListener('visibilitychange', back);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', back);
    };
  }, [everyMs, now, state, revalidate]);
}
