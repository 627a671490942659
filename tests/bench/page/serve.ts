import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ServerBuild } from '@remix-run/node';

import { createApp } from '#app/web/express.server.ts';
import { connect } from '#db/client.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

import { listRows, loadList } from './invoice-list.ts';
import { minimalApp } from './minimal.ts';

/** Both servers of the page bench in one process of production. Prints their addresses and a session's cookie as JSON. */
const { db } = connect(process.env.DATABASE_URL!, { max: 8, prepare: true });
const folder = resolve(process.env.BUILD_DIR ?? 'build');
const build = (await import(pathToFileURL(`${folder}/server/index.js`).href)) as ServerBuild;

const { server, port } = await listen();
const origin = `http://localhost:${port}`;
server.on(
  'request',
  createApp({
    build,
    assets: { folder: `${folder}/client` },
    db,
    addresses: { appOrigin: origin, portalDomain: `portal.localhost:${port}`, linkDomain: `go.localhost:${port}` },
    secret: 's'.repeat(40),
    ses: null,
    sesEndpoint: null,
  }),
);
const cookie = await signInCookie(origin, process.env.EMAIL!, process.env.PASSWORD!);
const page = await send(`${origin}/invoices`, { cookie });
const baseline = await listen();
baseline.server.on(
  'request',
  minimalApp({ build, html: page.body, load: () => loadList(db, 1), rows: listRows }) as RequestListener,
);
console.log(JSON.stringify({ ours: `${origin}/invoices`, baseline: `http://localhost:${baseline.port}/`, cookie }));

async function listen() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}
