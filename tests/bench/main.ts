import { readdir } from 'node:fs/promises';

import type { BenchFigure } from './figure.ts';

type Bench = { name: string; run: () => Promise<BenchFigure[]> };

/**
 * `npm run bench [-- name …] [--json]`: each bench prints a table for people, and with --json one line a figure. Ratios
 * are measured in one run, so that the machine's speed falls out.
 */
const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const notBenches = new Set(['main.ts', 'figure.ts']);

const benches: Bench[] = [];
for (const file of (await readdir(import.meta.dirname)).toSorted()) {
  if (notBenches.has(file) || !file.endsWith('.ts')) continue;
  const bench = (await import(`./${file}`)) as Partial<Bench>;
  if (bench.name && bench.run) benches.push({ name: bench.name, run: bench.run });
}

const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(
    `No bench is called ${unknown.join(', ')}. There are: ${benches.map((bench) => bench.name).join(', ')}.`,
  );
  process.exit(1);
}

for (const bench of benches) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  const figures = await bench.run();
  if (json) for (const figure of figures) console.log(JSON.stringify(figure));
  else {
    console.log(`\n${bench.name}`);
    console.table(
      figures.map(({ metric, value, unit, ratio }) => ({
        metric,
        value: Number(value.toPrecision(4)),
        unit,
        ratio: ratio ? Number(ratio.toFixed(3)) : '',
      })),
    );
  }
}
process.exit(0);
