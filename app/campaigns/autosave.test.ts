import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createAutosave, type SaveState } from './autosave.ts';

type Value = { subject: string; body: string };
type Sent = { step: string; version: number; value: Partial<Value> };

let sent: Sent[] = [];
let answers: (() => Promise<Response> | Response)[] = [];
let states: SaveState[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  [sent, answers, states] = [[], [], []];
  vi.stubGlobal('fetch', async (_url: string, init: { body: string }) => {
    sent.push(JSON.parse(init.body) as Sent);
    const answer = answers.shift();
    return answer ? answer() : saved();
  });
  vi.stubGlobal('window', new EventTarget());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const saved = () => {
  const version = (sent.at(-1)?.version ?? 0) + 1;
  return Response.json({ ok: true, version, savedAt: `2026-03-04T10:0${version}:00Z` });
};
const make = () =>
  createAutosave<Value, unknown>({
    url: '/save',
    step: 'email',
    version: 1,
    savedAt: null,
    onState: (state) => states.push(state),
  });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const last = () => states.at(-1)!;

test('changes of one pause go out together, in the version that the save before gave', async () => {
  const autosave = make();
  autosave.push({ subject: 'a' });
  await pass(300);
  autosave.push({ subject: 'ab' });
  autosave.push({ body: 'x' });
  await pass(599);
  expect(sent).toEqual([]);
  await pass(1);
  autosave.push({ body: 'xy' });
  await pass(600);
  expect(sent).toEqual([
    { step: 'email', version: 1, value: { subject: 'ab', body: 'x' } },
    { step: 'email', version: 2, value: { body: 'xy' } },
  ]);
  expect(last()).toEqual({ kind: 'saved', at: '2026-03-04T10:03:00Z' });
  expect(autosave.isClean()).toBe(true);
});

test('one save at a time: what changes meanwhile waits for the answer', async () => {
  let answer = () => {};
  answers.push(() => new Promise((done) => (answer = () => done(saved()))));
  const autosave = make();
  autosave.push({ subject: 'a' });
  await pass(600);
  autosave.push({ subject: 'b' });
  await pass(5_000);
  expect(sent).toHaveLength(1);
  answer();
  await pass(0);
  expect(sent.map((one) => [one.version, one.value.subject])).toEqual([
    [1, 'a'],
    [2, 'b'],
  ]);
});

test('a save that fails says so, keeps everything, and is tried again by itself', async () => {
  answers.push(
    () => Promise.reject(new TypeError('offline')),
    () => new Response('busy', { status: 503 }),
  );
  const autosave = make();
  autosave.push({ subject: 'a' });
  await pass(600);
  expect(last()).toMatchObject({ kind: 'failed', message: expect.stringContaining('No connection') });
  autosave.push({ body: 'x' });
  await pass(20_000);
  expect(last().kind).toBe('saved');
  expect(sent.at(-1)!.value).toEqual({ subject: 'a', body: 'x' });
});

test('signed out: the changes wait, and what to do is said', async () => {
  answers.push(() => Object.defineProperty(new Response('<html>'), 'redirected', { value: true }));
  const autosave = make();
  autosave.push({ subject: 'a' });
  await autosave.flush();
  expect(last()).toMatchObject({ kind: 'failed', message: expect.stringContaining('Sign in again') });
  expect(autosave.unsaved()).toEqual({ subject: 'a' });
});

test('S0-04: when somebody else was faster nothing more is sent, and nothing is lost', async () => {
  const by = { ok: false, reason: 'conflict', by: 'Ben', at: '2026-03-04T10:00:00Z' };
  answers.push(() => Response.json(by, { status: 409 }));
  const autosave = make();
  autosave.push({ subject: 'a' });
  await pass(600);
  autosave.push({ body: 'x' });
  await pass(60_000);
  expect(sent).toHaveLength(1);
  expect(last()).toEqual({ kind: 'conflict', by: 'Ben', at: '2026-03-04T10:00:00Z' });
  expect(autosave.unsaved()).toEqual({ subject: 'a', body: 'x' });
  autosave.discard();
  expect(autosave.isClean()).toBe(true);
});

test('what is refused is sent again with the next change', async () => {
  answers.push(() =>
    Response.json({ ok: false, reason: 'invalid', errors: { subject: 'Too long.' } }, { status: 400 }),
  );
  const autosave = make();
  autosave.push({ subject: 'long', body: 'x' });
  await pass(600);
  expect(last()).toEqual({ kind: 'invalid', errors: { subject: 'Too long.' } });
  autosave.push({ subject: 'short' });
  await pass(600);
  expect(sent.at(-1)!.value).toEqual({ subject: 'short', body: 'x' });
  expect(last().kind).toBe('saved');
});

test('a change that arrives while the page goes is still saved, and the next page hears of it', async () => {
  const autosave = make();
  const heard = vi.fn();
  window.addEventListener('fieldpost:saved-late', heard);
  autosave.push({ subject: 'a' });
  autosave.close();
  autosave.push({ body: 'late' });
  await pass(10);
  expect(sent.flatMap((one) => Object.values(one.value))).toEqual(['a', 'late']);
  expect(heard).toHaveBeenCalled();
});
