import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Amazon SES as seen from afar, in a process of its own: it takes every mail at once, reads nothing of it, and allows more
 * than anybody can send. Run by the dispatch bench; says its port to the process that forked it.
 */
const NS = 'xmlns="http://ses.amazonaws.com/doc/2010-12-01/"';
const sent = `<SendRawEmailResponse ${NS}><SendRawEmailResult><MessageId>stub</MessageId></SendRawEmailResult></SendRawEmailResponse>`;
const quota = `<GetSendQuotaResponse ${NS}><GetSendQuotaResult><MaxSendRate>100000</MaxSendRate></GetSendQuotaResult></GetSendQuotaResponse>`;

if (process.send) {
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => response.writeHead(200, { 'content-type': 'text/xml' }).end(bytes < 2_000 ? quota : sent));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit(0));
}
