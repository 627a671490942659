import type { Channel } from '#db/schema/columns.ts';

/**
 * An address as it is kept and compared: email in lower case, numbers as E.164, postal addresses as they come, in capitals and on
 * several lines (app/messaging/postal-address.ts).
 */
export const addressKey = (address: string): string => (isPostal(address) ? address : address.trim().toLowerCase());

/** How somebody is reached at an address: `+` and digits alone are a number, and only a postal address has lines. */
export function channelOf(address: string): Channel {
  if (isPostal(address)) return 'mail';
  return /^\+\d+$/.test(address) ? 'sms' : 'email';
}

const isPostal = (address: string) => address.trim().includes('\n');

/** Who tells of an address what its owner did not, in the history of consent. */
export const whoTells: Record<Channel, string> = {
  email: 'Mail provider',
  sms: 'Text provider',
  mail: 'Postcard provider',
};
