import type { Channel } from '#db/schema/columns.ts';

/** An address as it is kept and compared: email in lower case, numbers as E.164. */
export const addressKey = (address: string): string => address.trim().toLowerCase();

/** How somebody is reached at an address: `+` and digits alone are a number. */
export const channelOf = (address: string): Channel => (/^\+\d+$/.test(address) ? 'sms' : 'email');
