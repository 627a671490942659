import { readInvoiceRow, rowNumber, settle } from './invoices.ts';
import { nameKey } from './names.ts';
import type { CreditRecord, CustomerRef, InvoiceRecord, RowProblem } from './records.ts';
import type { Plan } from './plan.ts';
import type { RowReader } from './reader.ts';
import type { Row } from './rows.ts';

type Pending = {
  key: string;
  record: InvoiceRecord | null;
  partial: boolean;
  /** Line of the row that spoils it, or null. */
  failed: number | null;
};

/**
 * Joins rows into invoices: line items of one invoice that follow each other become one record, an invoice that stands
 * twice is told, and in reports without balances payments are set against the customer's invoices, oldest first.
 */
export class InvoiceAssembler {
  private pending: Pending | null = null;
  private readonly seen = new Map<string, number>();
  private holder: string | null = null;
  private held: InvoiceRecord[] = [];
  private credits: CreditRecord[] = [];
  private readonly plan: Plan;
  private readonly emit: (record: InvoiceRecord | CreditRecord) => void;
  private readonly report: (problems: RowProblem[]) => void;
  /** Reports that list payments beside invoices, but no balance. */
  private readonly setsOff: boolean;

  constructor(
    plan: Plan,
    emit: (record: InvoiceRecord | CreditRecord) => void,
    report: (problems: RowProblem[]) => void,
  ) {
    this.plan = plan;
    this.emit = emit;
    this.report = report;
    this.setsOff = plan.kind === 'receivables' && !plan.mapping['invoice.balance'];
  }

  take(reader: RowReader, groups: string[]): void {
    const read = readInvoiceRow(reader, groups);
    if (read.as === 'invoice') {
      const key = `${read.record.number}\n${customerKey(read.record.customer)}`;
      this.invoice(key, reader, read.record, read.itemCents, read.partial);
      return;
    }
    // A row of an invoice that cannot be read spoils the whole invoice: half of it would be a wrong amount.
    const number = reader.bad ? rowNumber(reader) : null;
    if (number !== null && this.pending?.key.startsWith(`${number}\n`) === true && this.manyRows) {
      this.pending.failed ??= reader.row.line;
    } else if (number !== null && this.manyRows) {
      this.flushInvoice();
      this.pending = { key: `${number}\n`, record: null, partial: false, failed: reader.row.line };
    }
    this.report(reader.problems);
    if (read.as === 'credit') {
      this.flushInvoice();
      this.hold(read.record);
    }
  }

  flush(): void {
    this.flushInvoice();
    this.setOff();
  }

  private get manyRows(): boolean {
    return this.plan.mapping['item.total'] !== undefined || this.plan.mapping['item.name'] !== undefined;
  }

  private invoice(key: string, reader: RowReader, record: InvoiceRecord, cents: number | null, partial: boolean): void {
    const before = this.pending;
    const same = before?.key === key || (before?.record === null && key.startsWith(before.key));
    if (before && same && this.manyRows) {
      this.addRow(before, record, cents, reader);
      this.report(reader.problems);
      return;
    }
    this.flushInvoice();
    const first = this.seen.get(key);
    if (first !== undefined) {
      const where = `Invoice ${record.number} stands on line ${first} already`;
      reader.report(
        'error',
        null,
        record.number,
        this.manyRows
          ? `${where}, and its rows do not follow each other. Sort the file by invoice number.`
          : `${where}.`,
      );
      this.report(reader.problems);
      return;
    }
    this.seen.set(key, reader.row.line);
    this.report(reader.problems);
    if (this.sumsItems) record.totalCents = cents;
    this.pending = { key, record, partial, failed: null };
  }

  private get sumsItems(): boolean {
    return this.plan.mapping['invoice.total'] === undefined && this.plan.mapping['item.total'] !== undefined;
  }

  private addRow(before: Pending, record: InvoiceRecord, cents: number | null, reader: RowReader): void {
    const into = before.record;
    if (!into) {
      const reason = `Invoice ${record.number} is left out, because its row on line ${before.failed} could not be read.`;
      reader.report('error', null, record.number, reason);
      return;
    }
    into.source.push(...record.source);
    into.items.push(...record.items);
    before.partial ||= partialOf(record, before.partial);
    if (this.sumsItems) {
      if (cents !== null) into.totalCents = (into.totalCents ?? 0) + cents;
      return;
    }
    if (record.totalCents !== null && into.totalCents !== null && record.totalCents !== into.totalCents) {
      before.failed = reader.row.line;
      reader.report(
        'error',
        this.plan.mapping['invoice.total']?.[0] ?? null,
        null,
        `Invoice ${record.number} has another total here than on line ${into.line}.`,
      );
    }
    into.totalCents ??= record.totalCents;
    if (Number.isNaN(into.balanceCents)) into.balanceCents = record.balanceCents;
  }

  private flushInvoice(): void {
    const pending = this.pending;
    this.pending = null;
    if (!pending) return;
    const record = pending.record;
    if (!record) return;
    const leaveOut = (rows: Row[], reason: string) =>
      this.report(rows.map((row) => problemOf(row, record.number, reason)));
    const [first] = record.source;
    if (pending.failed !== null) {
      const rows = record.source.filter((row) => row.line !== pending.failed);
      leaveOut(
        rows,
        `Invoice ${record.number} is left out, because its row on line ${pending.failed} could not be read.`,
      );
      return;
    }
    const reason = settle(record, pending.partial, (words) => {
      if (first) this.report([{ ...problemOf(first, record.number, words), severity: 'warning', cells: [] }]);
    });
    if (reason === null) this.hold(record);
    else leaveOut(record.source, reason);
  }

  private hold(record: InvoiceRecord | CreditRecord): void {
    if (!this.setsOff) {
      this.emit(record);
      return;
    }
    const holder = customerKey(record.customer);
    if (holder !== this.holder) this.setOff();
    this.holder = holder;
    if (record.type === 'invoice') this.held.push(record);
    else this.credits.push(record);
  }

  private setOff(): void {
    for (const credit of this.credits) {
      for (const invoice of this.held) {
        const amountCents = Math.min(invoice.balanceCents, credit.amountCents);
        if (amountCents <= 0) continue;
        credit.amountCents -= amountCents;
        invoice.balanceCents -= amountCents;
        if (credit.amountCents === 0) invoice.source.push(...credit.source);
        invoice.payments.push({ paidOn: credit.issuedOn, amountCents, memo: credit.number, line: credit.line });
        if (invoice.balanceCents === 0) {
          invoice.status = 'paid';
          invoice.paidOn = credit.issuedOn;
        }
      }
    }
    for (const invoice of this.held) this.emit(invoice);
    for (const credit of this.credits) if (credit.amountCents > 0) this.emit(credit);
    this.held = [];
    this.credits = [];
    this.holder = null;
  }
}

function partialOf(record: InvoiceRecord, before: boolean): boolean {
  return before && record.status === 'open';
}

/** By what a customer is told from another within one file. */
export function customerKey(ref: CustomerRef): string {
  return ref.externalId ?? (ref.name === null ? (ref.emails[0] ?? '') : nameKey(ref.name));
}

function problemOf({ line, row, cells }: Row, value: string, reason: string): RowProblem {
  return { line, row, cells, severity: 'error', column: null, value, reason };
}
