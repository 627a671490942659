import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createApp } from '#app/web/express.server.ts';
import type { Db } from '#db/client.ts';
import { addresses, SECRET } from '#tests/fakes/sending.ts';
import { fakeAmazon, notification, TOPIC } from '#tests/fakes/sns.ts';

/** The application's webhook over real HTTP, and a caller that posts signed events to it as SNS does. */
export async function startWebhook(db: Db): Promise<{ tell: (event: object) => Promise<number>; close: () => void }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const appOrigin = `http://localhost:${port}`;
  server.on(
    'request',
    createApp({
      build: () => Promise.reject(new Error('no page is asked for')),
      assets: { middleware: (_req, _res, next) => next() },
      db,
      addresses: { ...addresses, appOrigin },
      secret: SECRET,
      ses: null,
      sesEndpoint: null,
      webhooks: { sesTopicArn: TOPIC, fetchText: fakeAmazon() },
    }),
  );
  return {
    tell: async (event) => {
      const answer = await fetch(`${appOrigin}/webhooks/ses`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=UTF-8' },
        body: JSON.stringify(notification(event)),
      });
      await answer.text();
      return answer.status;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
