import { connect } from 'node:net';

import { codeOf } from './codes.ts';

/** What a round asks for: links `first`, `first + step` … of `count`, over and over or as far as the time lasts. */
export type Round = {
  port: number;
  host: string;
  first: number;
  count: number;
  step: number;
  ms: number;
  connections: number;
};
export type RoundResult = { answers: number; seconds: number; p99: number; wrong: number; asked: number };

/** Some normal browser, from an address of its own: a person's click by every rule. */
const BROWSER = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1';

let visitors = 0;

/**
 * Loads a server from a process of its own, over plain sockets, since a client of `node:http` costs more than the server that is
 * measured. Each connection asks again once it is answered.
 */
async function run(round: Round): Promise<RoundResult> {
  const waits: number[] = [];
  let asked = 0;
  let wrong = 0;
  const begun = performance.now();
  const until = begun + round.ms;
  const visitor = () =>
    new Promise<void>((done, failed) => {
      const socket = connect({ port: round.port, host: '127.0.0.1', noDelay: true });
      let sent = 0;
      let answer = '';
      const ask = () => {
        sent = performance.now();
        if (sent > until) return void socket.end(done);
        const code = codeOf(round.first + ((asked++ * round.step) % round.count));
        socket.write(
          `GET /${code} HTTP/1.1\r\nHost: ${round.host}\r\nUser-Agent: ${BROWSER}\r\nX-Forwarded-For: ${nextAddress()}\r\n\r\n`,
        );
      };
      socket.on('connect', ask);
      socket.on('error', failed);
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
        if (!answer.endsWith('\r\n\r\n')) return;
        waits.push(performance.now() - sent);
        if (!answer.startsWith('HTTP/1.1 302 ')) wrong++;
        answer = '';
        ask();
      });
    });
  await Promise.all(Array.from({ length: round.connections }, visitor));
  const seconds = (performance.now() - begun) / 1000;
  const p99 = Float64Array.from(waits).sort()[Math.floor(waits.length * 0.99)] ?? Number.NaN;
  return { answers: waits.length, seconds, p99, wrong, asked };
}

/** Scattered over many networks, none of them private. */
function nextAddress(): string {
  const n = Math.imul(++visitors, 2_654_435_761) >>> 0;
  return `${20 + ((n >>> 24) % 70)}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
}

process.on('message', (round: Round) => void run(round).then((result) => process.send!(result)));
