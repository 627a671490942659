import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { startFakeSes, type FakeSes } from '#tests/fakes/ses.ts';

/**
 * A wire in front of the fake, in a process of its own, which writes down when each message arrives: the drill's own process is
 * busy with what it breaks, and would see calls late and in heaps.
 */
export type GaugedSes = FakeSes & { readArrivals: () => Promise<number[]> };

/** The fake with a gauge before it. @param rate messages a second that it allows */
export async function startGaugedSes(rate: number): Promise<GaugedSes> {
  const ses = await startFakeSes();
  const gauge = fork(import.meta.filename, [ses.url], { execArgv: ['--import', 'tsx'] });
  const [port] = (await once(gauge, 'message')) as [number];
  const close = ses.close;
  return Object.assign(ses, {
    rate,
    url: `http://127.0.0.1:${port}`,
    readArrivals: async () => {
      gauge.send('read');
      const [arrivals] = (await once(gauge, 'message')) as [number[]];
      return arrivals;
    },
    close: async () => {
      if (gauge.connected) gauge.disconnect();
      await close();
    },
  });
}

/** Requests that carry a message are longer than any question about the quota. */
const MESSAGE_BYTES = 2_000;

function pass(socket: Socket, target: URL, arrivals: number[]): void {
  const upstream = connect(Number(target.port), target.hostname);
  let between = true; // the next bytes begin a request
  socket.on('data', (chunk: Buffer) => {
    if (between) {
      between = false;
      const length = /content-length: (\d+)/i.exec(chunk.toString('latin1', 0, 4_096));
      if (Number(length?.[1] ?? 0) > MESSAGE_BYTES) arrivals.push(performance.now());
    }
    upstream.write(chunk);
  });
  upstream.on('data', (chunk: Buffer) => {
    between = true;
    socket.write(chunk);
  });
  for (const [one, other] of [
    [socket, upstream],
    [upstream, socket],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

if (process.send && process.argv[1] === import.meta.filename) {
  const target = new URL(process.argv[2]!);
  const arrivals: number[] = [];
  const server = createServer({ noDelay: true }, (socket) => pass(socket, target, arrivals));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('message', () => process.send?.(arrivals));
  process.once('disconnect', () => process.exit(0));
}
