import { sqlState } from '#db/failure.ts';

/**
 * What became of an event: `stored` (or had been before), `unknown` when no message of ours is meant, `foreign` when whoever told it
 * may tell that company nothing, `busy` when more waits than can be held.
 */
export type Taken = 'stored' | 'unknown' | 'foreign' | 'busy';

/** Events that one transaction takes in, at most. */
const GROUP = 500;
/** Companies whose events are written at a time: pages want connections too. */
const LANES = 3;
/** What may wait in memory; the provider comes again for the rest. */
const MAX_WAITING = 5_000;

type Waiting<One> = { one: One; done: (taken: Taken) => void; failed: (error: unknown) => void };

/**
 * Writes what providers tell in groups: what arrives for one company while its last group is being written is written together, in
 * one transaction. A burst costs few commits, a single event waits for none. Nothing is kept but in the database.
 * @param write one transaction over a company's group. @returns what became of each, in the same order
 * @returns takes one in. Settles once it is committed; rejected when it could not be
 */
export function inGroups<One>(
  write: (companyId: number, group: readonly One[]) => Promise<readonly Taken[]>,
): (companyId: number, one: One) => Promise<Taken> {
  const waiting = new Map<number, Waiting<One>[]>();
  const inTurn: number[] = [];
  let lanes = 0;
  let count = 0;

  const work = async () => {
    lanes++;
    for (let companyId = inTurn.shift(); companyId !== undefined; companyId = inTurn.shift()) {
      const list = waiting.get(companyId)!;
      const group = list.splice(0, GROUP);
      await settle(companyId, group, write);
      count -= group.length;
      // Whoever came meanwhile makes the next group, after other companies had theirs.
      if (list.length > 0) inTurn.push(companyId);
      else waiting.delete(companyId);
    }
    lanes--;
  };

  return (companyId, one) =>
    new Promise<Taken>((done, failed) => {
      if (count >= MAX_WAITING) return done('busy');
      count++;
      const entry = { one, done, failed };
      const list = waiting.get(companyId);
      if (list) return void list.push(entry);
      waiting.set(companyId, [entry]);
      inTurn.push(companyId);
      if (lanes < LANES) setImmediate(() => void (lanes < LANES && work()));
    });
}

async function settle<One>(
  companyId: number,
  group: readonly Waiting<One>[],
  write: (companyId: number, group: readonly One[]) => Promise<readonly Taken[]>,
): Promise<void> {
  try {
    const taken = await write(
      companyId,
      group.map(({ one }) => one),
    );
    group.forEach((entry, index) => entry.done(taken[index]!));
  } catch (error) {
    if (group.length === 1 || !isOfStatement(error)) return group.forEach((entry) => entry.failed(error));
    // One that can't be stored must not hold back the others.
    for (const entry of group) await settle(companyId, [entry], write);
  }
}

/** True when the database answered and refused; false when it could not be asked. */
function isOfStatement(error: unknown): boolean {
  const code = sqlState(error);
  // SQLSTATE classes: 08 connection, 53 resources, 57 operator intervention.
  return code !== '' && !/^(08|53|57)/.test(code);
}
