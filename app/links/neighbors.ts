import type { Visit } from './visitor.ts';

/** A visit with what crowds are found by. */
export type Held = Visit & { message: string; network: string };

/** So many of one message or network tell of a crowd as well as all would, and are looked at without anybody waiting. */
const MOST_OF_ONE = 1_000;

/** Visits that are known, by message and by network: crowds are of one or the other. */
type Neighbors = {
  add(visit: Held): void;
  forget(visit: Held): void;
  /** Those of the same messages or networks, the given ones among them. Costs as much as it finds, however many are known. */
  around(visits: readonly Held[]): Held[];
};

export function neighbors(): Neighbors {
  const messages = new Map<string, Held[]>();
  const networks = new Map<string, Held[]>();
  return {
    add(visit) {
      put(messages, visit.message, visit);
      put(networks, visit.network, visit);
    },
    forget(visit) {
      drop(messages, visit.message, visit);
      drop(networks, visit.network, visit);
    },
    around(visits) {
      const found = new Set(visits);
      for (const message of new Set(visits.map((visit) => visit.message))) {
        for (const other of messages.get(message) ?? []) found.add(other);
      }
      for (const network of new Set(visits.map((visit) => visit.network))) {
        for (const other of networks.get(network) ?? []) found.add(other);
      }
      return [...found];
    },
  };
}

function put(lists: Map<string, Held[]>, key: string, visit: Held): void {
  const list = lists.get(key);
  if (!list) lists.set(key, [visit]);
  else if (list.push(visit) > MOST_OF_ONE) list.shift();
}

function drop(lists: Map<string, Held[]>, key: string, visit: Held): void {
  const list = lists.get(key);
  const place = list?.indexOf(visit) ?? -1;
  if (!list || place < 0) return;
  if (list.length === 1) lists.delete(key);
  else list.splice(place, 1);
}
