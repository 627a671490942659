import { servePages } from '../pages.ts';

/** The email builder's test page and a bare GrapesJS page: `/page.html`, `/bare.html`. */
export function serveBuilder(): Promise<{ origin: string; close: () => Promise<void> }> {
  return servePages(import.meta.dirname, ['page.html', 'bare.html']);
}
