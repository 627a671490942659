/*
 * What the lines of an invoice come to, in whole cents. All pure, and the same in the form while it is typed and on the server.
 *
 * A line is quantity × price, rounded to the cent; its tax is that × rate, rounded to the cent; the invoice is the sum of its
 * lines. Halves are rounded away from zero, as people do on paper, so that a line taken back is the same line with a minus.
 * Nothing is rounded a second time: what stands on the lines adds up to what stands below them.
 */

/** A line as it is priced. */
export type PricedLine = {
  /** Thousandths of a unit: 1.5 hours are 1500. */
  quantity: number;
  /** Cents for one; below zero for a discount. */
  unitCents: number;
  /** Millionths of a percent: 8.25 % are 8,250,000. */
  taxRate: number;
};

export type LinePrice = { netCents: number; taxCents: number; totalCents: number };

/** What a line comes to: see above. */
export function priceLine({ quantity, unitCents, taxRate }: PricedLine): LinePrice {
  const netCents = share(unitCents, quantity, 1_000n);
  const taxCents = share(netCents, taxRate, 100_000_000n);
  return { netCents, taxCents, totalCents: netCents + taxCents };
}

/** The sums of lines. */
export function sumLines(lines: readonly LinePrice[]): LinePrice {
  const sum = { netCents: 0, taxCents: 0, totalCents: 0 };
  for (const line of lines) {
    sum.netCents += line.netCents;
    sum.taxCents += line.taxCents;
    sum.totalCents += line.totalCents;
  }
  return sum;
}

/** `cents × parts ÷ whole` in whole cents, halves away from zero. Products are beyond what a double holds exactly. */
function share(cents: number, parts: number, whole: bigint): number {
  const product = BigInt(cents) * BigInt(parts);
  const size = product < 0n ? -product : product;
  const rounded = (size * 2n + whole) / (whole * 2n);
  return Number(product < 0n ? -rounded : rounded);
}

/**
 * The rate that a line of an imported invoice was taxed with, as few decimals as give exactly its tax. Files tell the tax as an
 * amount alone, and the form asks for a rate.
 * @returns millionths of a percent; null where no rate gives this tax, as on a line of nothing
 */
export function rateOf(netCents: number, taxCents: number): number | null {
  if (taxCents === 0) return 0;
  if (netCents === 0) return null;
  const exact = (taxCents / netCents) * 100_000_000;
  for (let step = 1_000_000; step >= 1; step /= 10) {
    const taxRate = Math.round(exact / step) * step;
    if (priceLine({ quantity: 1_000, unitCents: netCents, taxRate }).taxCents === taxCents) {
      return taxRate <= MOST_TAX_RATE && taxRate > 0 ? taxRate : null;
    }
  }
  return null;
}

/** 100 %. */
export const MOST_TAX_RATE = 100_000_000;

type Read = { ok: true; value: number } | { ok: false; error: string };

/** A quantity as typed, with 3 decimals at most. @returns thousandths, or what is wrong, in words */
export function readQuantity(typed: string): Read {
  const value = decimal(typed, 3);
  if (value === null) return { ok: false, error: 'Enter a quantity such as 1 or 2.5, with 3 decimals at most.' };
  if (value === 0) return { ok: false, error: 'Enter a quantity above zero.' };
  if (value > 999_999_999) return { ok: false, error: 'Enter a quantity below 1,000,000.' };
  return { ok: true, value };
}

/** A tax rate as typed: `8.25` or `8.25 %`; empty is none. @returns millionths of a percent, or what is wrong, in words */
export function readTaxRate(typed: string): Read {
  const text = typed.normalize('NFKC').trim().replace(/%$/, '');
  if (text.trim() === '') return { ok: true, value: 0 };
  const value = decimal(text, 6);
  if (value === null) return { ok: false, error: 'Enter the tax in percent, such as 8.25.' };
  if (value > MOST_TAX_RATE) return { ok: false, error: 'Enter a tax of 100 percent at most.' };
  return { ok: true, value };
}

/** A plain decimal number as an integer of its last decimal; null for anything else. */
function decimal(typed: string, decimals: number): number | null {
  const text = typed.normalize('NFKC').replaceAll(/\s/g, '').slice(0, 30);
  const parts = /^(\d{1,3}(?:,\d{3})+|\d{0,9})(?:\.(\d*))?$/.exec(text);
  if (!parts || !/\d/.test(text)) return null;
  const fraction = (parts[2] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return null;
  return Number((parts[1] ?? '').replaceAll(',', '') + fraction.padEnd(decimals, '0'));
}

/** `1.5` of 1500 with 3 decimals; `8.25` of 8250000 with 6. As it is typed, without grouping. */
export function writeDecimal(value: number, decimals: 3 | 6): string {
  const digits = String(value).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return digits.slice(0, -decimals) + (fraction && `.${fraction}`);
}
