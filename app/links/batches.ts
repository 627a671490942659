type Waiting<Value> = {
  promise: Promise<Value | undefined>;
  resolve: (value: Value | undefined) => void;
  reject: (error: unknown) => void;
};

/**
 * Asks for many things at once: whatever is asked for in one turn of the event loop, or while earlier questions are under way,
 * goes into one question. The same key asked for twice is asked for once.
 * @param load answers for all keys; those that it leaves out are undefined
 * @param options.atOnce questions under way
 * @param options.most keys in one question
 */
export function batches<Key, Value>(
  load: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  { atOnce = 2, most = 500 } = {},
): (key: Key) => Promise<Value | undefined> {
  const waiting = new Map<Key, Waiting<Value>>();
  let running = 0;
  let scheduled = false;

  const pump = () => {
    scheduled = false;
    while (running < atOnce && waiting.size > 0) {
      const batch = [...waiting].slice(0, most);
      for (const [key] of batch) waiting.delete(key);
      running++;
      void load(batch.map(([key]) => key))
        .then(
          (found) => batch.forEach(([key, one]) => one.resolve(found.get(key))),
          (error: unknown) => batch.forEach(([, one]) => one.reject(error)),
        )
        .finally(() => {
          running--;
          pump();
        });
    }
  };

  return (key) => {
    let one = waiting.get(key);
    if (!one) {
      one = waitingFor<Value>();
      waiting.set(key, one);
      if (!scheduled && running < atOnce) {
        scheduled = true;
        setImmediate(pump);
      }
    }
    return one.promise;
  };
}

function waitingFor<Value>(): Waiting<Value> {
  let resolve: Waiting<Value>['resolve'] = () => {};
  let reject: Waiting<Value>['reject'] = () => {};
  const promise = new Promise<Value | undefined>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}
