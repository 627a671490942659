import { vitePlugin as remix } from '@remix-run/dev';
import { defineConfig } from 'vite';

import options from './remix.config.js';

declare module '@remix-run/node' {
  interface Future {
    v3_singleFetch: true;
  }
}

export default defineConfig({
  plugins: [remix(options)],
  build: {
    chunkSizeWarningLimit: 1500, // GrapesJS, which only the email builder loads
    sourcemap: false,
  },
  // Its browser build is not wanted: passwords are hashed on the server.
  optimizeDeps: { exclude: ['@node-rs/argon2'] },
  server: { hmr: { port: Number(process.env.HMR_PORT ?? 24678) } },
});
