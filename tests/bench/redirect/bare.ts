import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The least that a redirect can be. Prints its port. */
const server = createServer((_req, res) => {
  res.writeHead(302, { location: 'https://larkfield.example/tips', 'content-length': 0 });
  res.end();
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
