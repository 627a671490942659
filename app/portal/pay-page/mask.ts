/** `j…@example.com`: an address that its owner knows again and nobody else can read. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '…' : `${[...email][0]}…${email.slice(at)}`;
}

/** The last two digits of a number. */
export const endingOf = (e164: string): string => e164.slice(-2);

/** Where a receipt goes, as its page may say it. */
export const maskAddress = (address: string): string =>
  address.startsWith('+') ? `the number ending in ${endingOf(address)}` : maskEmail(address);
