/**
 * Reads one label of a host name as people see it: `xn--pypal-4ve` is `pаypal` with a Cyrillic letter (RFC 3492, section 6.2).
 * @returns the label itself when it is no punycode, or none that can be read
 */
export function readLabel(label: string): string {
  if (!/^xn--/i.test(label)) return label;
  const body = label.slice(4).toLowerCase();
  const basic = body.lastIndexOf('-');
  const points = Array.from(body.slice(0, Math.max(basic, 0)), (char) => char.codePointAt(0)!);
  let next = 128;
  let bias = 72;
  let place = 0;
  for (let index = basic + 1; index < body.length;) {
    const before = place;
    for (let weight = 1, k = 36; ; k += 36) {
      const digit = digitOf(body[index++]);
      if (digit === null) return label;
      place += digit * weight;
      const threshold = Math.min(Math.max(k - bias, 1), 26);
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const length = points.length + 1;
    bias = adapted(place - before, length, before === 0);
    next += Math.floor(place / length);
    place %= length;
    if (next > 0x10ffff) return label;
    points.splice(place++, 0, next);
  }
  return String.fromCodePoint(...points);
}

const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

function digitOf(char: string | undefined): number | null {
  const digit = char === undefined ? -1 : DIGITS.indexOf(char);
  return digit < 0 ? null : digit;
}

/** How the threshold moves on (section 6.1). */
function adapted(moved: number, length: number, first: boolean): number {
  let delta = Math.floor(moved / (first ? 700 : 2));
  delta += Math.floor(delta / length);
  let k = 0;
  for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
  return k + Math.floor((36 * delta) / (delta + 38));
}
