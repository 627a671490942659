import { useRevalidator } from '@remix-run/react';
import { useEffect } from 'react';

/** Loads the page's numbers again, so often, while somebody looks at it. */
export function useLive(everyMs: number) {
  const { state, revalidate } = useRevalidator();
  useEffect(() => {
    if (state !== 'idle') return;
    const timer = setTimeout(() => {
      if (document.visibilityState === 'visible') revalidate();
    }, everyMs);
    const back = () => document.visibilityState === 'visible' && revalidate();
    document.addEventListener('visibilitychange', back);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', back);
    };
  }, [everyMs, state, revalidate]);
}
