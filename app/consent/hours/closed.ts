import { closingWithin, isOpenWithin, localTime, nextOpeningWithin, weekOf, type Hours } from './open.ts';
import { stateWeeks, type Week } from './states.ts';

/** How states of that week stand in a zone: closed until an instant, or open until one. */
export type Standing = { zone: string; week: string; opensAt: string | null; closesAt: string | null };

/** What passes the gate is handed to the provider within so many seconds: hours that end sooner count as ended. */
export const LEAD_SECONDS = 10;

const MINUTE = 60_000;

export type Weeks = {
  /** Each different week by a short name; `''` is the one of states without hours of their own. */
  byName: ReadonlyMap<string, Week>;
  /** The name of a state's week. */
  nameOf: (state: string) => string;
};

/** The weeks that states have under a company's hours: many states come to the same one. */
export function weeksOf(hours: Hours): Weeks {
  const names = new Map<string, string>();
  const byName = new Map<string, Week>();
  const add = (state: string | null): string => {
    const week = weekOf(state, hours);
    const text = JSON.stringify(week);
    const known = names.get(text);
    if (known !== undefined) return known;
    const name = byName.size === 0 ? '' : `w${byName.size}`;
    names.set(text, name);
    byName.set(name, week);
    return name;
  };
  add(null);
  const ofState = new Map(Object.keys(stateWeeks).map((state) => [state, add(state)]));
  return { byName, nameOf: (state) => ofState.get(state) ?? '' };
}

/** What was found for the current minute, by zone and hours. Hours begin and end with a minute, so it is never stale. */
const found = new Map<string, Standing[]>();
let foundFor = '';

/** How each week stands in each zone at an instant. Hours that end within `LEAD_SECONDS` have ended. */
export function standingAt(zones: readonly string[], hours: Hours, instant: Date): Standing[] {
  const ahead = new Date(instant.getTime() + LEAD_SECONDS * 1000);
  const minutes = [instant, ahead].map((each) => Math.floor(each.getTime() / MINUTE)).join('-');
  if (minutes !== foundFor) {
    found.clear();
    foundFor = minutes;
  }
  const { byName } = weeksOf(hours);
  return zones.flatMap((zone) => {
    const key = `${zone} ${hours.opensAt} ${hours.closesAt}`;
    const known = found.get(key);
    if (known) return known;
    const standing: Standing[] = [];
    const [local, soon] = [localTime(zone, instant), localTime(zone, ahead)];
    for (const [week, days] of byName) {
      const open = isOpenWithin(days, local);
      standing.push(
        open && isOpenWithin(days, soon)
          ? { zone, week, opensAt: null, closesAt: closingWithin(days, soon).toISOString() }
          : { zone, week, opensAt: nextOpeningWithin(days, open ? soon : local).toISOString(), closesAt: null },
      );
    }
    found.set(key, standing);
    return standing;
  });
}
