import { connect, withCompany, type Db } from '#db/client.ts';

import { chosen, type Book, type Operation, type Remembered } from './ledger-operations.ts';

/** So many customers are in use at a time: the fewer, the more often two parties meet. */
export const AT_ONCE = 12;

/** What a process of the drill is told when it begins. */
export type CrewOrder = {
  url: string;
  companyId: number;
  customerIds: number[];
  operations: number;
  /** Of all processes together: by how far they have come, all are at the same customers. */
  allOperations: number;
  parties: number;
  withinMs: number;
  seed: number;
};

/**
 * What it remembers of a customer, by the customer's place: the others then use it too. With it, under its seed, how many
 * operations it has begun.
 */
export type Heard = { seed: number; started: number; at: number; invoice?: number; payment?: number };

/** How many operations the other processes have begun, by their seeds. */
const elsewhere = new Map<number, number>();

export type CrewDone = {
  operations: number;
  refused: number;
  did: Record<string, number>;
  paidInCents: number;
  overpaid: number[];
  faults: string[];
};

export type CrewSaid = { heard: Heard } | { done: CrewDone };

/** The parties of one process: each does one thing after another, until all together have done so many. */
async function work(order: CrewOrder, customers: Remembered[]): Promise<CrewDone> {
  const { companyId, operations, allOperations, parties, seed } = order;
  const { db, close } = connect(order.url, { max: parties, prepare: true });
  const pick = random(seed);
  const deadline = performance.now() + order.withinMs;
  const done: CrewDone = { operations: 0, refused: 0, did: {}, paidInCents: 0, overpaid: [], faults: [] };
  let started = 0;

  const party = async () => {
    while (started < operations && performance.now() < deadline && done.faults.length <= 20) {
      const begun = [...elsewhere.values()].reduce((sum, others) => sum + others, started++);
      const window = Math.floor((begun / allOperations) * (customers.length - AT_ONCE));
      const at = window + pick(AT_ONCE);
      const operation = chosen(pick);
      const { what } = operation;
      try {
        const { moved, book } = await act(operation, { db, companyId }, customers[at]!, pick);
        done.operations += 1;
        if (moved) done.did[what] = (done.did[what] ?? 0) + 1;
        else done.refused += 1;
        done.paidInCents += book.paidInCents;
        done.overpaid.push(...book.overpaid);
        const { invoice, payment } = book;
        if (invoice ?? payment) {
          const heard = { seed, started, at, ...(invoice && { invoice }), ...(payment && { payment }) };
          remember(customers, heard);
          process.send?.({ heard } satisfies CrewSaid);
        }
      } catch (error) {
        done.faults.push(`${what}: ${wordsOf(error)}`);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: parties }, party));
  } finally {
    await close();
  }
  return done;
}

async function act(
  operation: Operation,
  { db, companyId }: { db: Db; companyId: number },
  who: Remembered,
  pick: (below: number) => number,
) {
  const book: Book = { paidInCents: 0, overpaid: [] };
  const moved =
    'alone' in operation
      ? await operation.alone({ db, companyId }, who, pick)
      : await withCompany(db, companyId, (tx) => operation.work({ tx, who, pick, book }));
  return { moved, book };
}

function remember(customers: Remembered[], { at, invoice, payment }: Heard): void {
  const who = customers[at]!;
  if (invoice) who.invoices = [...who.invoices.slice(-7), invoice];
  if (payment) who.payments = [...who.payments.slice(-7), payment];
}

/** Numbers that look random and come again with the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return below === 0 ? 0 : ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What the database said, where it is what failed. */
function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : 'unknown';
}

if (process.send && process.argv[1] === import.meta.filename) {
  let customers: Remembered[] = [];
  process.on('message', (said: { order: CrewOrder } | { heard: Heard }) => {
    if ('heard' in said) {
      elsewhere.set(said.heard.seed, said.heard.started);
      return remember(customers, said.heard);
    }
    customers = said.order.customerIds.map((customerId) => ({ customerId, invoices: [], payments: [] }));
    void work(said.order, customers).then((done) => process.send?.({ done } satisfies CrewSaid));
  });
  process.once('disconnect', () => process.exit(0));
}
