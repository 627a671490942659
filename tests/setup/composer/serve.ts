import { servePages } from '../pages.ts';

/** The text composer's test page: `/page.html`. */
export function serveComposer(): Promise<{ origin: string; close: () => Promise<void> }> {
  return servePages(import.meta.dirname, ['page.html']);
}
