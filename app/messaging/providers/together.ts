/** As many as are handed on at a time. */
const BATCH = 500;

type Waiting<In, Out> = { one: In; done: (out: Out) => void; failed: (error: unknown) => void };

/**
 * Handles together what is handed over together: one transaction for hundreds of messages in place of hundreds.
 * @param work handles up to 500. @returns one result each, in the same order
 * @returns takes one in, and settles with its own result; when `work` throws, each of its batch is rejected
 */
export function together<In, Out>(work: (batch: readonly In[]) => Promise<readonly Out[]>): (one: In) => Promise<Out> {
  let waiting: Waiting<In, Out>[] = [];
  const flush = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      try {
        const results = await work(batch.map(({ one }) => one));
        batch.forEach(({ done }, index) => done(results[index]!));
      } catch (error) {
        batch.forEach(({ failed }) => failed(error));
      }
    }
  };
  return (one) =>
    new Promise<Out>((done, failed) => {
      waiting.push({ one, done, failed });
      if (waiting.length === 1) setImmediate(() => void flush());
    });
}
