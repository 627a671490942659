import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { priceLine, rateOf, readQuantity, readTaxRate, sumLines, writeDecimal } from './price.ts';

const line = (quantity: number, unitCents: number, taxRate = 0) => priceLine({ quantity, unitCents, taxRate });
const lines = fc.record({
  quantity: fc.integer({ min: 1, max: 999_999_999 }),
  unitCents: fc.integer({ min: -99_999_999, max: 99_999_999 }),
  taxRate: fc.integer({ min: 0, max: 100_000_000 }),
});

describe('what a line comes to', () => {
  test('halves of a cent go away from zero, also below zero', () => {
    expect(line(500, 1)).toEqual({ netCents: 1, taxCents: 0, totalCents: 1 });
    expect(line(499, 1).netCents).toBe(0);
    expect(line(500, -1).netCents).toBe(-1);
    expect(line(2_500, 9_500).netCents).toBe(23_750);
    // 8.25 % of $0.20 are 1.65 cents; 7.5 % of $0.20 are 1.5.
    expect(line(1_000, 20, 8_250_000)).toEqual({ netCents: 20, taxCents: 2, totalCents: 22 });
    expect(line(1_000, 20, 7_500_000).taxCents).toBe(2);
    expect(line(1_000, -20, 7_500_000).taxCents).toBe(-2);
  });

  test('a line is never further than half a cent from what it exactly is, and a line taken back is the same with a minus', () => {
    fc.assert(
      fc.property(lines, (one) => {
        const { netCents, taxCents, totalCents } = priceLine(one);
        const twice = (cents: number) => BigInt(cents) * 2_000n - 2n * BigInt(one.unitCents) * BigInt(one.quantity);
        const off = twice(netCents);
        expect(off <= 1_000n && off >= -1_000n).toBe(true);
        const taxOff = BigInt(taxCents) * 200_000_000n - 2n * BigInt(netCents) * BigInt(one.taxRate);
        expect(taxOff <= 100_000_000n && taxOff >= -100_000_000n).toBe(true);
        expect(totalCents).toBe(netCents + taxCents);
        const back = priceLine({ ...one, unitCents: -one.unitCents });
        expect([back.netCents + netCents, back.taxCents + taxCents]).toEqual([0, 0]);
      }),
    );
  });

  test('the sums are what stands on the lines, in any order', () => {
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 20 }), (many) => {
        const priced = many.map(priceLine);
        const sum = sumLines(priced);
        expect(sum.totalCents).toBe(sum.netCents + sum.taxCents);
        expect(sum).toEqual(sumLines(priced.toReversed()));
        expect(sum.totalCents).toBe(priced.reduce((cents, one) => cents + one.totalCents, 0));
      }),
    );
  });
});

test('the rate of a tax that is known as an amount gives exactly that amount, with as few decimals as do', () => {
  expect(rateOf(10_000, 825)).toBe(8_250_000);
  expect(rateOf(128_000, 10_560)).toBe(8_250_000);
  expect(rateOf(10_000, 0)).toBe(0);
  expect(rateOf(0, 5)).toBeNull();
  expect(rateOf(100, 150)).toBeNull();
  expect(rateOf(100, -5)).toBeNull();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999_999 }), fc.integer({ min: 1, max: 30_000_000 }), (net, taxRate) => {
      const { taxCents } = line(1_000, net, taxRate);
      const found = rateOf(net, taxCents);
      expect(found === null ? null : line(1_000, net, found).taxCents).toBe(taxCents);
    }),
  );
});

describe('what people type', () => {
  test('quantities have three decimals at most and are above zero', () => {
    expect(readQuantity('1')).toEqual({ ok: true, value: 1_000 });
    expect(readQuantity(' 1,200.125 ')).toEqual({ ok: true, value: 1_200_125 });
    expect(readQuantity('.5')).toEqual({ ok: true, value: 500 });
    expect(readQuantity('２．５')).toEqual({ ok: true, value: 2_500 });
    expect(readQuantity('1.2500')).toEqual({ ok: true, value: 1_250 });
    for (const bad of ['', '0', '0.000', '1.2345', '-1', 'two', '1,2', '1e3', '1000000', '.', '١']) {
      expect(readQuantity(bad), bad).toMatchObject({ ok: false });
    }
  });

  test('rates are percent; empty is none', () => {
    expect(readTaxRate('')).toEqual({ ok: true, value: 0 });
    expect(readTaxRate('8.25 %')).toEqual({ ok: true, value: 8_250_000 });
    expect(readTaxRate('100')).toEqual({ ok: true, value: 100_000_000 });
    for (const bad of ['100.1', '-1', '8,25', 'x', '8.2512345'])
      expect(readTaxRate(bad), bad).toMatchObject({ ok: false });
  });

  test('what is written is read back as the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (value) => {
        expect(readQuantity(writeDecimal(value, 3))).toEqual({ ok: true, value });
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (value) => {
        expect(readTaxRate(writeDecimal(value, 6))).toEqual({ ok: true, value });
      }),
    );
  });
});
