import { compileSms } from '#builders/sms/compile.ts';
import { composeSms, prepareSms } from '#builders/sms/compose.ts';
import { countText } from '#builders/sms/segments.ts';
import { sampleValues, type MergeValues } from '#builders/merge/values.ts';

import type { BenchFigure } from './figure.ts';

export const name = 'compose';

const ROUNDS = 9;
const TEXTS_A_ROUND = 300;
const PARTS = 10;

/**
 * A text of ten parts for one recipient: merged, its links put in, the opt-out line added, and counted. The target is 1 ms.
 * Counting alone is shown too, without and with naming what forces UCS-2. The median of some rounds counts.
 */
export async function run(): Promise<BenchFigure[]> {
  const figures: BenchFigure[] = [];
  for (const [encoding, word] of [
    ['GSM-7', 'Please call us. '],
    ['UCS-2', 'It’s – “due”. '],
  ] as const) {
    const prepared = prepareSms(compiledOf(word));
    const sample = composeSms(prepared, valuesOf(0), shortUrl);
    if (sample.count.parts !== PARTS || sample.count.encoding !== encoding) {
      throw new Error(`The text has ${sample.count.parts} parts in ${sample.count.encoding}.`);
    }
    const composing = measure((index) => composeSms(prepared, valuesOf(index), shortUrl).count.parts);
    const counting = measure(() => countText(sample.body).parts);
    const naming = measure(() => {
      const { parts, offenders } = countText(sample.body);
      if (offenders.length > 0 !== (encoding === 'UCS-2')) throw new Error('Foreign characters were not named.');
      return parts;
    });
    figures.push(
      { bench: name, metric: `10 parts of ${encoding}, composed and counted`, value: composing, unit: 'ms' },
      { bench: name, metric: `10 parts of ${encoding}, counted`, value: counting, unit: 'ms' },
      { bench: name, metric: `10 parts of ${encoding}, counted, foreign characters named`, value: naming, unit: 'ms' },
    );
  }
  return figures;
}

/** Milliseconds of one text, the median of some rounds. */
function measure(one: (index: number) => number): number {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const start = performance.now();
    let parts = 0;
    for (let index = 0; index < TEXTS_A_ROUND; index += 1) parts += one(index);
    if (parts !== PARTS * TEXTS_A_ROUND) throw new Error('A text does not have ten parts.');
    if (round > 0) rounds.push((performance.now() - start) / TEXTS_A_ROUND);
  }
  const median = rounds.sort((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? Number.NaN;
  return Math.round(median * 10_000) / 10_000;
}

/** As many words as make ten parts, with tags, a condition, a special link and an address. */
function compiledOf(word: string) {
  const head =
    'Hi {{ customer.first_name | default: "there" }}, {{ invoice.amount_due }} of {{ invoice.number }} was due ' +
    '{{ invoice.due_date }}{% if invoice.days_overdue > 30 %}, long ago{% endif %}. Pay: {{ links.pay_invoice }} or example.com/pay. ';
  for (let count = 1; count < 200; count += 1) {
    const result = compileSms(
      { version: 1, text: head + word.repeat(count) },
      { where: 'Message', portalReady: true, refuseUrl: () => null },
    );
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    if (composeSms(prepareSms(result.compiled), valuesOf(0), shortUrl).count.parts === PARTS) return result.compiled;
  }
  throw new Error('The text did not reach ten parts.');
}

function valuesOf(index: number): MergeValues {
  return {
    ...sampleValues,
    customer: { ...sampleValues.customer, first_name: 'José' },
    invoice: { ...sampleValues.invoice, number: `INV-${1_000 + (index % 1_000)}`, days_overdue: index % 30 },
  };
}

function shortUrl(key: string): string {
  return `https://brightwater.go.example/k7m2p9q4r${key.slice(1)}`;
}
