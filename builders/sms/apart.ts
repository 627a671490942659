import { findUrls } from './urls.ts';

/**
 * A recipient's own value without addresses: "www.x.com/pay" in an invoice's summary stays as "www x com". A phone would make a
 * link of it that is not ours, carriers filter texts with such links, and whoever writes a name or a summary could lead
 * customers anywhere (S0-11). It is not shortened either: what is led to comes from the campaign alone. Never longer than before.
 */
export function withoutAddresses(value: string): string {
  let kept = value;
  // What was taken apart can stand beside something that makes an address of it once more.
  for (let times = 0; times < 3; times += 1) {
    const found = findUrls(kept);
    if (found.length === 0) return kept;
    for (const { start, end, text } of found.toReversed()) {
      kept = `${kept.slice(0, start)}${nameIn(text)}${kept.slice(end)}`;
    }
  }
  return '';
}

/** The name of an address without scheme, user and path, its dots as blanks; nothing of what opens no page. */
function nameIn(address: string): string {
  if (/^(?!https?:)[a-z][a-z0-9+-]*:(?!\d)/i.test(address)) return '';
  const host = address
    .replace(/^(?:https?:)?[\\/]*/i, '')
    .replace(/^[^/\\?#]*@/, '')
    .replace(/[/\\?#:[\]].*$/su, '');
  return host.replaceAll(/[.\u3002\uff0e\uff61]+/gu, ' ').trim();
}
