import { drillPlace, type DrillPlace } from './place.ts';
import * as dst from './dst.ts';
import * as kill from './kill.ts';
import * as pay from './pay.ts';
import * as ledger from './ledger.ts';
import * as postgres from './postgres.ts';
import * as provider from './provider.ts';
import { passed, type Result } from './result.ts';
import * as stop from './stop.ts';
import * as two from './two.ts';

/**
 * `npm run drill -- <name> [--json]`: breaks things on purpose while messages go out, on a PostgreSQL of its own, and counts
 * what really arrived; or has many do at once what can be done to money, and compares. Ends with one line of JSON; the exit code
 * is 1 when something was doubled, lost, unexplained or does not agree.
 */
const drills: Record<string, (place: DrillPlace) => Promise<Result>> = {
  [kill.name]: (place) =>
    kill.drill({ ...place, messages: 20_000, kills: kill.killPlan(20), rate: 400, crew: 3, withinMs: 540_000 }),
  [postgres.name]: (place) => postgres.drill({ ...place, messages: 6_000, rate: 200, restarts: 4, withinMs: 300_000 }),
  [provider.name]: (place) => provider.drill({ ...place, messages: 3_000, rate: 200, withinMs: 180_000 }),
  [stop.name]: (place) => stop.drill({ ...place, messages: 4_000, rate: 200, stops: 5, withinMs: 180_000 }),
  [two.name]: (place) => two.drill({ ...place, messages: 12_000, rate: 300, crew: 3, withinMs: 180_000 }),
  [pay.name]: (place) =>
    pay.drill({ ...place, messages: 6_000, rate: 200, crew: 3, payers: 4, payments: 2_000, withinMs: 180_000 }),
  [ledger.name]: (place) => ledger.drill({ ...place, operations: 100_000, crews: 2, parties: 4, withinMs: 2_400_000 }),
  [dst.name]: (place) => dst.drill({ ...place, people: 6_000, window: 60 }),
};

const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).find((word) => !word.startsWith('--'));
const drill = wanted ? drills[wanted] : undefined;
if (!drill) {
  console.error(`Which drill? npm run drill -- <name>. There are: ${Object.keys(drills).join(', ')}.`);
  process.exit(1);
}

// Nothing is broken under the ledger: it need not wait for the disk.
const place = await drillPlace({ durable: wanted !== ledger.name });
const begun = performance.now();
try {
  const result = await drill(place);
  if (!json) {
    console.log(`${result.drill}, ${Math.round((performance.now() - begun) / 1000)} seconds`);
    console.table(
      Object.entries(result)
        .filter(([key]) => key !== 'drill')
        .map(([key, value]) => ({ what: key, count: typeof value === 'object' ? JSON.stringify(value) : value })),
    );
  }
  console.log(JSON.stringify(result));
  process.exitCode = passed(result) ? 0 : 1;
} finally {
  await place.close();
}
process.exit();
