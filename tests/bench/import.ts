import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { parse } from 'csv-parse';
import postgres from 'postgres';

import { saveChoices, startImport } from '#app/invoicing/import/imports.server.ts';
import { runImport } from '#app/invoicing/import/run.server.ts';
import { storeUpload } from '#app/invoicing/import/upload.server.ts';
import { connect, withCompany } from '#db/client.ts';
import { migrate } from '#db/migrate.ts';
import { startPostgres } from '#start/postgres.ts';
import { makeCompany } from '#tests/factories/company.ts';

import type { BenchFigure } from './figure.ts';

export const name = 'import';

const ROWS = 50_000;
const BASELINE_BATCH = 500;

/**
 * 50,000 invoices of 10,000 customers: from the first byte uploaded to the last row committed, and the same file again,
 * with nothing to change. The baseline parses the file with csv-parse and inserts its rows as they are, 500 at a time,
 * into one table without keys; `ratio` is our rows a second to its. Memory is what this process held at its largest for a
 * tenth of the rows and for all of them, and what is still in use afterwards: flat means that they are close.
 */
export async function run(): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldpost-bench-'));
  await chmod(folder, 0o755);
  const server = await startPostgres(folder);
  const url = server.url.replace(/\/postgres$/, '/fieldpost_bench');
  const admin = postgres(server.url, { max: 1, onnotice: () => {} });
  await admin`create database fieldpost_bench`;
  await migrate(url);
  const { db, close } = connect(url, { max: 4 });
  try {
    const importing = async (companyId: number, rows: number) => {
      const actor = { staffId: null, name: 'Bench' };
      const stored = await storeUpload(db, companyId, actor, 'invoices.csv', file(rows));
      if (!stored.ok) throw new Error(stored.error);
      await withCompany(db, companyId, async (tx) => {
        await saveChoices(tx, stored.importId, {});
        await startImport(tx, actor, companyId, stored.importId);
      });
      const result = await runImport(db, { companyId, importId: stored.importId });
      if (result !== 'done') throw new Error(`The import ended as ${result}.`);
    };
    // The first day: a few rows to try it out, no statistics, every connection with plans made for empty tables.
    for (let i = 0; i < 4; i++) await importing((await makeCompany(db)).companyId, 20);
    const small = (await makeCompany(db)).companyId;
    const large = (await makeCompany(db)).companyId;
    const memorySmall = await memoryOf(() => importing(small, ROWS / 10));
    const baseline = await timed(() => bare(url, ROWS));
    let first = 0;
    const memoryLarge = await memoryOf(async () => {
      first = await timed(() => importing(large, ROWS));
    });
    const again = await timed(() => importing(large, ROWS));
    const perSecond = (ms: number) => Math.round(ROWS / (ms / 1000));
    return [
      { bench: name, metric: `${ROWS} new invoices`, value: perSecond(first), unit: 'rows/s', ratio: baseline / first },
      { bench: name, metric: 'the same file again', value: perSecond(again), unit: 'rows/s', ratio: baseline / again },
      { bench: name, metric: 'csv-parse and bare insert', value: perSecond(baseline), unit: 'rows/s' },
      { bench: name, metric: `peak memory, ${ROWS / 10} rows`, value: memorySmall.peak, unit: 'MB' },
      {
        bench: name,
        metric: `peak memory, ${ROWS} rows`,
        value: memoryLarge.peak,
        unit: 'MB',
        ratio: memoryLarge.peak / memorySmall.peak,
      },
      { bench: name, metric: `heap in use after ${ROWS / 10} rows`, value: memorySmall.heap, unit: 'MB' },
      {
        bench: name,
        metric: `heap in use after ${ROWS} rows`,
        value: memoryLarge.heap,
        unit: 'MB',
        ratio: memoryLarge.heap / memorySmall.heap,
      },
    ];
  } finally {
    await close();
    await admin.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function* file(rows: number): AsyncGenerator<Buffer> {
  let text =
    'Invoice #,Client name,Client email,Client phone,Subject,Issued date,Due date,Status,Total ($),Balance ($)\n';
  for (let i = 0; i < rows; i++) {
    const who = i % (rows / 5);
    const day = String(1 + (i % 28)).padStart(2, '0');
    const cents = String(10_000 + (i % 90_000)).replace(/(\d\d)$/, '.$1');
    text += `${i},Customer ${who},customer${who}@mail.example,(850) 555-01${String(who % 100).padStart(2, '0')},"Tune-up, unit ${i % 9}","Nov ${day}, 2026","Dec ${day}, 2026",Awaiting payment,${cents},${i % 3 === 0 ? '0.0' : cents}\n`;
    if (text.length > 64 * 1024) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(text);
}

async function bare(url: string, rows: number): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  await client`create table bare (a text, b text, c text, d text, e text, f text, g text, h text, i text, j text)`;
  const columns = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  await client.begin(async (tx) => {
    const parser = parse({ from_line: 2 });
    const feeding = (async () => {
      for await (const chunk of file(rows))
        if (!parser.write(chunk)) await new Promise((done) => parser.once('drain', done));
      parser.end();
    })();
    let batch: Record<string, string>[] = [];
    const insert = async () => {
      if (batch.length > 0) await tx`insert into bare ${tx(batch, columns)}`;
      batch = [];
    };
    for await (const cells of parser as AsyncIterable<string[]>) {
      batch.push(Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ''])));
      if (batch.length >= BASELINE_BATCH) await insert();
    }
    await insert();
    await feeding;
  });
  await client.end();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const collectGarbage = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

/** Megabytes of this process: at its largest while `work` runs, and of its heap once that is over. */
async function memoryOf(work: () => Promise<void>): Promise<{ peak: number; heap: number }> {
  collectGarbage();
  let most = process.memoryUsage.rss();
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  await work();
  clearInterval(watch);
  collectGarbage();
  const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
  return { peak: megabytes(most), heap: megabytes(process.memoryUsage().heapUsed) };
}
