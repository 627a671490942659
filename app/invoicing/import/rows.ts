import { CsvError, parse } from 'csv-parse';

import { FileError, type Place } from './records.ts';

export type Delimiter = ',' | ';' | '\t' | '|';

/** One row as it stands in the file. */
export type Row = Place & { cells: string[] };

/** The most characters one row may have. Rows of real exports, with hundreds of columns, stay under a tenth of it. */
export const MAX_ROW = 1_000_000;

const DELIMITERS: Delimiter[] = [',', ';', '\t', '|'];

/**
 * The character between cells, judged from the beginning of the file: the one that cuts most lines into the same
 * number of cells. A first line `sep=;`, as Excel writes it, decides by itself.
 */
export function sniffDelimiter(text: string): Delimiter {
  const told = /^sep=([,;\t|])\r?\n/i.exec(text)?.[1];
  if (told) return DELIMITERS.find((d) => d === told) ?? ',';
  let best: Delimiter = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const counts = countPerLine(text, delimiter).filter((n) => n > 0);
    const tally = new Map<number, number>();
    for (const n of counts) tally.set(n, (tally.get(n) ?? 0) + 1);
    const score = Math.max(0, ...[...tally].map(([n, lines]) => lines * Math.log2(1 + n)));
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

function countPerLine(text: string, delimiter: string): number[] {
  const counts: number[] = [];
  let inQuotes = false;
  let count = 0;
  for (const char of text) {
    if (char === '"') inQuotes = !inQuotes;
    else if (inQuotes) continue;
    else if (char === delimiter) count += 1;
    else if (char === '\n' || char === '\r') {
      counts.push(count);
      count = 0;
      if (counts.length >= 60) break;
    }
  }
  counts.push(count);
  return counts;
}

/**
 * Text to rows, in batches of whatever a chunk completes, so that memory stays flat. Blank rows are kept: they count.
 * Throws FileError with the line when a row is too long, which is also what a quote that never closes becomes.
 */
export async function* readRows(
  text: AsyncIterable<string> | Iterable<string>,
  delimiter: Delimiter,
): AsyncGenerator<Row[]> {
  const parser = parse({
    delimiter,
    columns: false,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: false,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_ROW,
  });
  let failure: Error | null = null;
  parser.on('error', (error: Error) => {
    failure = error;
  });
  let line = 1;
  let row = 0;
  const drain = (): Row[] => {
    const rows: Row[] = [];
    for (let cells: unknown = parser.read(); Array.isArray(cells); cells = parser.read()) {
      row += 1;
      const place = { line, row };
      let breaks = 0;
      for (const cell of cells) if (typeof cell === 'string') breaks += lineBreaks(cell);
      line += 1 + breaks;
      rows.push({ ...place, cells: cells.map(String) });
    }
    return rows;
  };
  for await (const chunk of text) {
    parser.write(chunk);
    const rows = drain();
    if (rows.length > 0) yield rows;
    // `errored` is set at once; the event may come only after many more chunks.
    if (parser.errored) throw explain(parser.errored, line);
  }
  await new Promise<void>((resolve) => {
    parser.once('error', () => resolve());
    parser.once('end', () => resolve());
    parser.once('readable', () => resolve());
    parser.end();
  });
  const rows = drain();
  if (rows.length > 0) yield rows;
  if (failure) throw explain(failure, line);
}

// csv-parse's own line count takes CRLF inside quotes for two lines.
function lineBreaks(cell: string): number {
  if (!cell.includes('\n') && !cell.includes('\r')) return 0;
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function explain(error: Error, line: number): FileError {
  const code = error instanceof CsvError ? error.code : '';
  if (code === 'CSV_QUOTE_NOT_CLOSED') {
    return new FileError(
      `From line ${line} on, a cell opens with a quotation mark (") that is never closed. Close it in the file and upload it again.`,
      line,
    );
  }
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return new FileError(
      `The row at line ${line} is longer than ${MAX_ROW.toLocaleString('en-US')} characters. Either a quotation mark (") is not closed there, or this is not a CSV file.`,
      line,
    );
  }
  return new FileError(`The file cannot be read at line ${line}: ${error.message}`, line);
}

/** True when no cell of the row has anything in it. */
export function isBlank(row: Row): boolean {
  return row.cells.every((cell) => cell.trim() === '');
}
