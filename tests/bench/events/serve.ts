import { createPublicKey, verify } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { signedText, type SnsMessage } from '#app/messaging/sns-message.ts';
import { createApp } from '#app/web/express.server.ts';
import { connect } from '#db/client.ts';
import { SECRET } from '#tests/fakes/sending.ts';
import { certificates, fakeAmazon, TOPIC } from '#tests/fakes/sns.ts';

/** The web process as production runs it, and the least that a webhook can do: read, verify, answer. */
const { db } = connect(process.env.DATABASE_URL!, {
  max: 8,
  name: 'fieldpost-web',
  statementSeconds: 60,
  prepare: true,
});
const PLACES = { portalDomain: 'portal.localhost', linkDomain: 'go.localhost' };

const ours = createServer();
const origin = await listen(ours);
ours.on(
  'request',
  createApp({
    build: () => Promise.reject(new Error('no page is asked for')),
    assets: { middleware: (_req, _res, next) => next() },
    db,
    addresses: { appOrigin: origin, ...PLACES },
    secret: SECRET,
    ses: null,
    sesEndpoint: null,
    webhooks: { sesTopicArn: TOPIC, fetchText: fakeAmazon() },
  }),
);

const key = createPublicKey(certificates.good);
const bare: RequestListener = (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const message = JSON.parse(Buffer.concat(chunks).toString()) as SnsMessage;
    const signature = Buffer.from(message.Signature, 'base64');
    res.writeHead(verify('RSA-SHA256', Buffer.from(signedText(message)), key, signature) ? 200 : 403).end();
  });
};
const baseline = await listen(createServer(bare));
console.log(JSON.stringify({ ours: origin, baseline }));

function listen(server: ReturnType<typeof createServer>): Promise<string> {
  return new Promise((done) =>
    server.listen(0, () => done(`http://localhost:${(server.address() as AddressInfo).port}`)),
  );
}
