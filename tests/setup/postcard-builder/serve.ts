import { servePages } from '../pages.ts';

/** The postcard builder's test page: `/page.html`. */
export function servePostcardBuilder(): Promise<{ origin: string; close: () => Promise<void> }> {
  return servePages(import.meta.dirname, ['page.html']);
}
