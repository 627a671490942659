import { RemixBrowser } from '@remix-run/react';
import { startTransition, StrictMode, useEffect } from 'react';
import { hydrateRoot } from 'react-dom/client';

/** Marks the page once its scripts answer. Until then forms and links lead on by themselves, and tests wait. */
function Alive() {
  useEffect(() => {
    document.documentElement.dataset.alive = 'yes';
  }, []);
  return null;
}

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <RemixBrowser />
      <Alive />
    </StrictMode>,
  );
});
