import { createReadStream } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'vitest';

import { checkImport } from '#app/invoicing/import/check.server.ts';
import {
  listProblems,
  previewImport,
  readImport,
  saveChoices,
  startCheck,
  startImport,
} from '#app/invoicing/import/imports.server.ts';
import type { Choices } from '#app/invoicing/import/plan.ts';
import { runImport } from '#app/invoicing/import/run.server.ts';
import { storeUpload } from '#app/invoicing/import/upload.server.ts';
import { checkLedger } from '#app/invoicing/ledger/ledger.server.ts';
import { type Db, type Tx, withCompany } from '#db/client.ts';
import { contacts, customers, invoices, jobs, ledgerEntries, locations, payments } from '#db/schema/index.ts';
import type { MadeCompany } from '#tests/factories/company.ts';

export const FIXTURES = join(import.meta.dirname, '../fixtures/imports');

type Content = string | Buffer | AsyncIterable<Uint8Array>;

export const actorOf = (company: MadeCompany) => ({ staffId: company.admin.staffId, name: company.admin.name });

/** One of the files of other products, in small pieces. */
export const fixture = (name: string) => createReadStream(join(FIXTURES, `${name}.csv`), { highWaterMark: 50 });

export async function* bytesOf(content: string | Buffer): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

/** The header of a plain file of invoices, and a row of it. */
export const HEADER = 'Invoice #,Customer,Email,Invoice Date,Due Date,Total,Balance,Status\n';
export const bill = (
  number: number | string,
  total: string,
  balance: string,
  status = 'Sent',
  name = 'Ann Ames',
  email = 'ann@mail.example',
) => `${number},"${name}",${email},11/03/2026,12/03/2026,${total},${balance},${status}\n`;

/** So many invoices of as many customers. */
export const manyBills = (count: number) =>
  HEADER +
  Array.from({ length: count }, (_, i) =>
    bill(i, '10.00', '10.00', 'Sent', `Customer ${i}`, `c${i}@mail.example`),
  ).join('');

/** Imports as a person makes them, in one database. */
export function importsIn(db: Db) {
  const within = <T>(company: MadeCompany, work: (tx: Tx) => Promise<T>) => withCompany(db, company.companyId, work);

  async function upload(company: MadeCompany, content: Content, name = 'file.csv') {
    const bytes = typeof content === 'string' || Buffer.isBuffer(content) ? bytesOf(content) : content;
    const result = await storeUpload(db, company.companyId, actorOf(company), name, bytes);
    if (!result.ok) throw new Error(result.error);
    return result.importId;
  }

  /** Uploads and imports a file. The ledger agrees with the invoices afterwards. */
  async function run(company: MadeCompany, content: Content, choices: Choices = {}) {
    const importId = await upload(company, content);
    await within(company, async (tx) => {
      await saveChoices(tx, importId, choices);
      expect(await startImport(tx, actorOf(company), company.companyId, importId)).toEqual({ ok: true });
    });
    expect(await runImport(db, { companyId: company.companyId, importId })).toBe('done');
    const row = await within(company, (tx) => readImport(tx, importId));
    const problems = await within(company, (tx) => listProblems(tx, importId, null));
    expect(await within(company, checkLedger)).toEqual([]);
    return { importId, counts: row!.counts, problems: problems.rows };
  }

  /** Uploads a file and has it checked: what its preview says. */
  async function check(company: MadeCompany, content: Content, choices: Choices = {}) {
    const importId = await upload(company, content);
    await within(company, async (tx) => {
      await saveChoices(tx, importId, choices);
      expect(await startCheck(tx, company.companyId, importId)).toBe(true);
    });
    expect(await checkImport(db, { companyId: company.companyId, importId })).toBe('done');
    const row = await within(company, (tx) => readImport(tx, importId));
    const problems = await within(company, (tx) => listProblems(tx, importId, null));
    const { records } = await previewImport(db, company.companyId, importId, row!.survey!, choices);
    return { importId, status: row!.status, counts: row!.counts, problems: problems.rows, records };
  }

  /** All that imports write, without ids and times. */
  async function everything(company: MadeCompany) {
    return within(company, async (tx) => ({
      customers: await tx
        .select({
          name: customers.name,
          tags: customers.tags,
          notes: customers.notes,
          balance: customers.balanceCents,
          updated: customers.updatedAt,
        })
        .from(customers)
        .orderBy(customers.id),
      contacts: await tx
        .select({ value: contacts.value, kind: contacts.kind, primary: contacts.primary })
        .from(contacts)
        .orderBy(contacts.id),
      locations: await tx
        .select({ name: locations.name, line1: locations.line1, billing: locations.billing })
        .from(locations)
        .orderBy(locations.id),
      invoices: await tx
        .select({
          number: invoices.number,
          status: invoices.status,
          balance: invoices.balanceCents,
          updated: invoices.updatedAt,
        })
        .from(invoices)
        .orderBy(invoices.id),
      entries: await tx
        .select({ kind: ledgerEntries.kind, cents: ledgerEntries.amountCents })
        .from(ledgerEntries)
        .orderBy(ledgerEntries.id),
      jobs: await tx.select({ number: jobs.number, status: jobs.status }).from(jobs).orderBy(jobs.id),
      payments: await tx.select({ cents: payments.amountCents }).from(payments).orderBy(payments.id),
    }));
  }

  return { within, upload, run, check, everything };
}
