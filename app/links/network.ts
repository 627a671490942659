import ipaddr from 'ipaddr.js';

/**
 * The network that an address belongs to, as one owner or one data centre's corner has it: /24 of IPv4, /48 of IPv6.
 * @returns the text itself where it is no address
 */
export function networkOf(ip: string): string {
  const dotted = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i.exec(ip);
  if (dotted) return dotted[1]!;
  if (!ipaddr.IPv6.isValid(ip)) return ip;
  const [a, b, c] = ipaddr.IPv6.parse(ip).parts;
  return `${a!.toString(16)}:${b!.toString(16)}:${c!.toString(16)}`;
}
