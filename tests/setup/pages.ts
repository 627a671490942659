import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { build, preview } from 'vite';

/** What the office allows its pages: GrapesJS and its MJML have to do with that, without `eval` and foreign scripts. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: http: https:",
  "font-src 'self' data:",
  "frame-src 'self' blob:",
  "object-src 'none'",
].join('; ');

/**
 * Builds test pages as production does, and serves them on a free port.
 * @param root the folder that they stand in
 * @param pages their files, such as `page.html`
 * @returns their origin (`/page.html`) and what ends the server
 */
export async function servePages(
  root: string,
  pages: readonly string[],
): Promise<{ origin: string; close: () => Promise<void> }> {
  const outDir = await mkdtemp(join(tmpdir(), 'fieldpost-pages-'));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: resolve(import.meta.dirname, '../../public'),
    esbuild: { jsx: 'automatic' },
    build: {
      outDir,
      emptyOutDir: true,
      chunkSizeWarningLimit: 3_000,
      rollupOptions: { input: pages.map((page) => join(root, page)) },
    },
  });
  const server = await preview({
    root,
    configFile: false,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: 'localhost', headers: { 'content-security-policy': POLICY } },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The page is not served.');
  return {
    origin: `http://localhost:${address.port}`,
    close: async () => {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
