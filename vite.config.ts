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
  // Hundreds of small files otherwise, each read at every start of the server.
  ssr: { noExternal: [/^@mantine\//] },
  optimizeDeps: {
    // Found before the first page asks: a second round would hand the browser two copies of React.
    entries: ['app/entry.client.tsx', 'app/root.tsx', 'app/ui/**/*.tsx', 'app/routes/**/*.tsx', 'builders/**/*.tsx'],
    include: ['@mantine/core', '@mantine/hooks', '@remix-run/react', '@tabler/icons-react', 'react-dom/client'],
    // Passwords are hashed on the server; its browser build is not wanted.
    exclude: ['@node-rs/argon2'],
  },
  server: { hmr: { port: Number(process.env.HMR_PORT ?? 24678) } },
});
