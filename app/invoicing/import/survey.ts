import { cut } from './cells.ts';
import { type DateEvidence, weighDate } from './dates.ts';
import { decode, type Encoding, EncodingProbe, type Probe } from './decode.ts';
import { type MoneyEvidence, weighMoney } from './money.ts';
import { recognize } from './recognize.ts';
import { FileError, type FileKind } from './records.ts';
import { roleOf } from './report.ts';
import { type Delimiter, isBlank, readRows, type Row, sniffDelimiter } from './rows.ts';
import type { Mapping } from './targets.ts';

/** Gives the bytes of the file from the beginning, each time it is called. */
export type OpenFile = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export type ColumnFacts = {
  name: string;
  /** Rows that have something in this column. */
  filled: number;
  /** Up to three different values, cut to 80 characters. */
  samples: string[];
  dates: DateEvidence;
  money: MoneyEvidence;
};

/** All that is known of a file before it is imported. Plain data, kept as JSON with the import. */
export type Survey = {
  encoding: Encoding;
  delimiter: Delimiter;
  bytes: number;
  /** Row and line of the header; 0 where the file has none. */
  headerRow: number;
  headerLine: number;
  kind: FileKind;
  product: string | null;
  confidence: 'high' | 'medium' | 'low';
  grouped: boolean;
  /** True when group or grand totals stand among the rows. */
  totals: boolean;
  columns: ColumnFacts[];
  mapping: Mapping;
  /** Rows with data: without title, header, blank, group, total and footer rows. */
  rows: number;
  /** Remarks on the whole file, in words. */
  notes: string[];
};

export type SurveyResult = { ok: true; survey: Survey } | { ok: false; reason: string; line: number | null };

const SAMPLE_ROWS = 200;
const SNIFF = 64 * 1024;
const MAX_COLUMNS = 2000;

/**
 * Reads a whole file once (twice where `probe` is not given) in constant memory and says what it is: encoding,
 * separator, header, kind, product, a mapping, and what each column's values prove. A file that is none, or that breaks
 * off, comes back as a reason with its line.
 */
export async function surveyFile(open: OpenFile, probe?: Probe): Promise<SurveyResult> {
  const encoding = probe ?? (await probeFile(open));
  if (!encoding.ok) return { ok: false, reason: encoding.reason, line: null };
  try {
    return { ok: true, survey: await surveyText(open, encoding) };
  } catch (error) {
    if (error instanceof FileError) return { ok: false, reason: error.message, line: error.line };
    throw error;
  }
}

async function probeFile(open: OpenFile): Promise<Probe> {
  const probe = new EncodingProbe();
  for await (const chunk of open()) probe.push(chunk);
  return probe.finish();
}

/** The rows of a file whose encoding and separator are known, blank ones too. Throws FileError where it breaks off. */
export function rowsOf(open: OpenFile, encoding: Encoding, delimiter: Delimiter): AsyncGenerator<Row[]> {
  return readRows(decode(open(), encoding), delimiter);
}

async function surveyText(open: OpenFile, probe: Probe & { ok: true }): Promise<Survey> {
  let start = '';
  for await (const text of decode(open(), probe.encoding)) {
    start += text;
    if (start.length >= SNIFF) break;
  }
  const delimiter = sniffDelimiter(start.slice(0, SNIFF));
  const first: Row[] = [];
  let tally: Tally | null = null;
  for await (const batch of rowsOf(open, probe.encoding, delimiter)) {
    for (const row of batch) {
      if (row.cells.length > MAX_COLUMNS) {
        throw new FileError(
          `Line ${row.line} has ${row.cells.length} columns. No list has that many; is this a CSV file?`,
          row.line,
        );
      }
      if (tally) tally.take(row);
      else if (first.push(row) >= SAMPLE_ROWS) tally = new Tally(first);
    }
  }
  tally ??= new Tally(first);
  return tally.survey(probe, delimiter);
}

class Tally {
  private readonly known: ReturnType<typeof recognize>;
  private readonly header: Row | undefined;
  private readonly columns: ColumnFacts[];
  private rows = 0;
  private totals = false;

  constructor(first: Row[]) {
    this.known = recognize(first);
    this.header = this.known.headerIndex >= 0 ? first[this.known.headerIndex] : undefined;
    this.columns = this.known.header.map((name) => ({
      name,
      filled: 0,
      samples: [],
      dates: { mdy: 0, dmy: 0, either: 0, dotted: 0 },
      money: { dot: 0, comma: 0, either: 0 },
    }));
    for (const row of first.slice(this.known.headerIndex + 1)) this.take(row);
  }

  take(row: Row): void {
    if (isBlank(row)) return;
    const role = roleOf(row.cells, this.known.kind, this.known.grouped);
    if (role === 'total') this.totals = true;
    if (role !== 'data') return;
    this.rows += 1;
    for (let i = 0; i < row.cells.length; i++) {
      const cell = row.cells[i] ?? '';
      const facts = this.columns[i];
      if (cell === '' || !facts) continue;
      const plain = cell.trim();
      if (plain === '') continue;
      facts.filled += 1;
      if (facts.samples.length < 3) {
        const sample = cut(plain, 80);
        if (!facts.samples.includes(sample)) facts.samples.push(sample);
      }
      if (plain.length > 40 || !/\d/.test(plain)) continue;
      weighDate(plain, facts.dates);
      weighMoney(plain, facts.money);
    }
  }

  survey(probe: Probe & { ok: true }, delimiter: Delimiter): Survey {
    if (this.rows === 0)
      throw new FileError('This file has a header, but no rows below it. Export it again and import that.');
    const notes: string[] = [];
    if (probe.nulls > 0)
      notes.push(
        `The file has ${count(probe.nulls, 'null character')} in it. ${probe.nulls === 1 ? 'It was' : 'They were'} taken out.`,
      );
    if (probe.invalid > 0) {
      notes.push(
        `${count(probe.invalid, 'letter')} in the file ${probe.invalid === 1 ? 'is' : 'are'} damaged and shown as �.`,
      );
    }
    if (!this.header) {
      notes.push('No row with column names was found in the first ten lines. Choose what each column holds.');
    }
    return {
      encoding: probe.encoding,
      delimiter,
      bytes: probe.bytes,
      headerRow: this.header?.row ?? 0,
      headerLine: this.header?.line ?? 0,
      kind: this.known.kind,
      product: this.known.product,
      confidence: this.known.confidence,
      grouped: this.known.grouped,
      totals: this.totals,
      columns: this.columns,
      mapping: this.known.mapping,
      rows: this.rows,
      notes,
    };
  }
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}
