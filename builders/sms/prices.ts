/**
 * What one part of a text costs, in hundredths of a cent. A list price and what the carriers add, from memory of Twilio's public
 * price list (check). This is the one place to correct.
 */
export const SMS_PRICES = {
  /** From a ten-digit number, within the United States. */
  'US long code': { list: 83, carrierLow: 30, carrierHigh: 50 },
} as const;

/** In hundredths of a cent: 118 is 1.18 cents. */
export type PriceRange = { readonly low: number; readonly high: number };

export type SmsTariff = keyof typeof SMS_PRICES;

/** What so many parts cost, between the cheapest and the dearest carrier. */
export function priceOf(parts: number, tariff: SmsTariff = 'US long code'): PriceRange {
  const { list, carrierLow, carrierHigh } = SMS_PRICES[tariff];
  return { low: parts * (list + carrierLow), high: parts * (list + carrierHigh) };
}

/** "about 1.1 to 1.3¢", "about $1.13 to $1.33", "nothing". */
export function priceWords({ low, high }: PriceRange): string {
  if (high === 0) return 'nothing';
  const [from, to] = high < 10_000 ? [cents(low), cents(high)] : [dollars(low), dollars(high)];
  if (from === to) return `about ${from}${high < 10_000 ? '¢' : ''}`;
  return `about ${from} to ${to}${high < 10_000 ? '¢' : ''}`;
}

function cents(hundredths: number): string {
  return (hundredths / 100).toFixed(1);
}

function dollars(hundredths: number): string {
  return (hundredths / 10_000).toLocaleString('en-US', { style: 'currency', currency: 'USD' });
}
