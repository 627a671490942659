/**
 * Where no rate is to be kept, writing messages is what a process is busy with. So runs take turns at it: a slice of a window in
 * each turn of the event loop, and the window that was opened first goes first. Its run has answers to write down and asks the
 * database for more while the next window is written; all at once, they would all be done at the same time, and database and
 * process would wait for each other in turns (docs/decisions/0012).
 */

/** So many messages are written before other runs' answers from the database are heard. */
const SLICE = 25;

type Waiting = { window: number; go: () => void };

const waiting: Waiting[] = [];
let windows = 0;
let woken = false;

/**
 * @returns to be called, and waited for, before each message of one window is written. Windows are as old as these calls
 */
export function turnsOfWindow(): () => Promise<void> {
  const window = ++windows;
  let messages = 0;
  let turn = Promise.resolve();
  return () => {
    if (messages++ % SLICE === 0) turn = nextTurn(window);
    return turn;
  };
}

function nextTurn(window: number): Promise<void> {
  return new Promise((go) => {
    waiting.push({ window, go });
    wakeSoon();
  });
}

function wakeSoon(): void {
  if (woken) return;
  woken = true;
  setImmediate(wakeOldest);
}

function wakeOldest(): void {
  woken = false;
  const oldest = waiting.reduce((first, one, at) => (one.window < waiting[first]!.window ? at : first), 0);
  waiting.splice(oldest, 1)[0]?.go();
  if (waiting.length > 0) wakeSoon();
}
