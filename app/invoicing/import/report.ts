import { sayMoney } from './money.ts';
import type { FileKind } from './records.ts';

export type Role = 'blank' | 'data' | 'group' | 'total' | 'footer';

const FOOTER =
  /^(?:(?:accrual|cash) basis\b.*|(?:mon|tues|wednes|thurs|fri|satur|sun)day,? .*\d{4}.*\d{1,2}:\d{2}.*|(?:generated|created|exported|printed|report generated|run date|downloaded)\b[: ].*\d{4}.*|page \d+(?: of \d+)?)$/i;
const TOTAL = /^(?:(?:grand |sub ?|report )?totals?|sum|overall total)\s*:?$/i;
const TOTAL_FOR = /^(?:sub ?)?totals? (?:for|of)[: ]\s*(.+)$/i;
const AMOUNT = /^\(?-?\s*(?:US)?\$?\s*-?[\d.,]+\)?$/;

/**
 * What a row is for. Totals have amounts and nothing else; a group's name stands alone in the first column of a grouped
 * report; a footer says when the report was made. In lists of customers a lone name is a customer.
 */
export function roleOf(cells: string[], kind: FileKind, grouped: boolean): Role {
  let first = -1;
  let filled = 0;
  let amounts = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? '';
    if (cell === '' || cell.trim() === '') continue;
    if (first === -1) first = i;
    else if (AMOUNT.test(cell.trim())) amounts += 1;
    filled += 1;
  }
  if (first === -1) return 'blank';
  if (filled - 1 > amounts) return 'data';
  const lead = (cells[first] ?? '').trim();
  if (filled === 1 && FOOTER.test(lead)) return 'footer';
  const total = TOTAL.test(lead) || (kind !== 'customers' && TOTAL_FOR.test(lead));
  if (total && (amounts > 0 || kind !== 'customers')) return 'total';
  return grouped && first === 0 && filled === 1 ? 'group' : 'data';
}

type Group = { name: string; sums: Map<number, number> };

const MAX_DEPTH = 50;

/** Follows groups and totals through a report, and compares each total with the rows it stands for. */
export class Groups {
  private open: Group[] = [];
  private readonly all: Group = { name: '', sums: new Map() };

  /** `closes`: the file has totals, so a group stays open until its total, and groups can hold groups. */
  private readonly closes: boolean;

  constructor(closes: boolean) {
    this.closes = closes;
  }

  /** The names of the groups that the next row belongs to, outermost first. */
  get names(): string[] {
    return this.open.map((group) => group.name);
  }

  /** A group's name row. */
  begin(name: string): void {
    if (!this.closes) this.open = [];
    else if (this.open.length >= MAX_DEPTH) this.open.shift();
    this.open.push({ name: name.trim(), sums: new Map() });
  }

  /** An amount of a row, by column. */
  add(column: number, cents: number): void {
    for (const group of [this.all, ...this.open]) group.sums.set(column, (group.sums.get(column) ?? 0) + cents);
  }

  /**
   * A total row: closes its group. `amounts` are the cents it gives, by column. Returns a remark when they differ from
   * the rows, naming the difference.
   */
  end(lead: string, amounts: Map<number, number>): string | null {
    const name =
      TOTAL_FOR.exec(lead.trim())?.[1]
        ?.replace(/ with sub-?customers?$/i, '')
        .trim() ?? null;
    let group = this.all;
    if (name !== null) {
      const at = this.open.findLastIndex((entry) => entry.name === name);
      const found = this.open[at];
      if (!found) return null;
      group = found;
      this.open.length = at;
    } else this.open = [];
    for (const [column, cents] of amounts) {
      const sum = group.sums.get(column) ?? 0;
      if (sum !== cents) {
        const gap = sayMoney(Math.abs(sum - cents));
        return `“${lead.trim()}” says ${sayMoney(cents)}, but its rows come to ${sayMoney(sum)}: a difference of ${gap}. Rows may be missing from the file.`;
      }
    }
    return null;
  }
}
