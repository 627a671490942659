import { findHeader, guessMapping } from './header.ts';
import { guessProduct } from './products.ts';
import type { FileKind } from './records.ts';
import { isBlank, type Row } from './rows.ts';
import { type Mapping } from './targets.ts';

export type Recognition = {
  kind: FileKind;
  product: string | null;
  confidence: 'high' | 'medium' | 'low';
  /** Place of the header among the rows of the file, or -1: the file begins with data. */
  headerIndex: number;
  header: string[];
  mapping: Mapping;
  /** True when the first column has no name and holds group names, as QuickBooks reports do. */
  grouped: boolean;
};

/**
 * Says what a file is from its first rows. `rows` are the first rows, blank ones too; fifty are plenty. Never fails: an
 * unknown file comes out as customers or invoices with low confidence, for the person to map.
 */
export function recognize(rows: Row[]): Recognition {
  const headerIndex = findHeader(rows);
  const width = Math.max(0, ...rows.map((row) => row.cells.length));
  const header =
    headerIndex >= 0
      ? (rows[headerIndex]?.cells ?? []).map((cell) => cell.trim())
      : Array.from({ length: width }, (_, i) => `Column ${i + 1}`);
  const sample = rows.slice(headerIndex + 1).filter((row) => !isBlank(row));
  const cells = sample.map((row) => row.cells);
  const grouped = header[0] === '' && sample.some((row) => onlyFirst(row.cells));
  const kind = kindOf(header, cells, grouped);
  const titles = rows.slice(0, Math.max(0, headerIndex)).flatMap((row) => row.cells);
  const product = headerIndex >= 0 ? guessProduct(header, titles, kind) : null;
  const mapping = headerIndex >= 0 ? guessMapping(header, cells, kind) : {};
  return {
    kind,
    product: product?.product ?? null,
    confidence: product?.confidence ?? 'low',
    headerIndex,
    header,
    mapping,
    grouped,
  };
}

/** True for a row in which only the first cell has something: a group's name, or a note at the end of a report. */
export function onlyFirst(cells: string[]): boolean {
  return (cells[0] ?? '').trim() !== '' && cells.every((cell, i) => i === 0 || cell.trim() === '');
}

function kindOf(header: string[], sample: string[][], grouped: boolean): FileKind {
  const invoices = guessMapping(header, sample, 'invoices');
  const jobs = guessMapping(header, sample, 'jobs');
  const amount = invoices['invoice.total'] ?? invoices['invoice.balance'] ?? invoices['item.total'];
  const mixed = invoices['invoice.type'];
  const types = mixed ? sample.map((cells) => cells[mixed[0] ?? -1] ?? '') : [];
  const someTypes = types.some((type) => /invoice|payment|credit/i.test(type));
  if (amount && mixed && (grouped || someTypes)) return 'receivables';
  if (amount && grouped) return 'receivables';
  const dated = invoices['invoice.issuedOn'] ?? invoices['invoice.dueOn'] ?? invoices['invoice.createdOn'];
  if (invoices['invoice.number'] && amount) return 'invoices';
  if (jobs['invoice.number'] && amount) return 'jobs';
  if (invoices['invoice.externalId'] && amount && dated) return 'invoices';
  return amount && dated ? 'invoices' : 'customers';
}
