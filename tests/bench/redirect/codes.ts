/** The alphabet of short links' codes. */
export const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
/** Spreads neighbours over all codes, as chance does; odd, and below what a double holds for a million links. */
export const STRIDE = 387_420_489;

/** The code of the nth link that the bench makes; its SQL says the same. */
export function codeOf(n: number): string {
  let left = n * STRIDE;
  let code = '';
  for (let place = 0; place < 10; place++) {
    code += ALPHABET[left % 31];
    left = Math.floor(left / 31);
  }
  return code;
}
