/** Days as whole numbers (since 1970), so that a history is computed without clock or zone. */
export type Day = number;

const DAY_MS = 86_400_000;

/** @param iso `YYYY-MM-DD` */
export const dayOf = (iso: string): Day => Date.parse(`${iso}T00:00:00Z`) / DAY_MS;

/** `YYYY-MM-DD` */
export const isoOf = (day: Day): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** An instant of that day at so many minutes after midnight, five hours behind UTC, as the demo's office counts. */
export const instantOf = (day: Day, minutes: number): Date => new Date(day * DAY_MS + (minutes + 300) * 60_000);

export const later = (at: Date, minutes: number): Date => new Date(at.getTime() + Math.round(minutes * 60_000));

/** The day on which an instant falls, as `instantOf` counts. */
export const dayOfInstant = (at: Date): Day => Math.floor((at.getTime() - 300 * 60_000) / DAY_MS);

/** 0 is Sunday. */
export const weekday = (day: Day): number => (day + 4) % 7;

/** That day, or the Monday after a Sunday. */
export const workday = (day: Day): Day => (weekday(day) === 0 ? day + 1 : day);

const monthNames = 'January February March April May June July August September October November December'.split(' ');

export const monthOf = (day: Day): string => monthNames[new Date(day * DAY_MS).getUTCMonth()]!;
