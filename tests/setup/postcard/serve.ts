import { servePages } from '../pages.ts';

/** The test page of postcards: `/page.html`. */
export function servePostcard(): Promise<{ origin: string; close: () => Promise<void> }> {
  return servePages(import.meta.dirname, ['page.html']);
}
