import { addressOf, parseAddress } from './addresses.ts';
import { cut, flag, text } from './cells.ts';
import { distinctPhones, parseEmails, parsePhones } from './contacts.ts';
import { parseDate } from './dates.ts';
import { parseMoney } from './money.ts';
import {
  type Address,
  type LocationRecord,
  noAddress,
  type Phone,
  type PhoneKind,
  type RowProblem,
} from './records.ts';
import type { Plan } from './plan.ts';
import type { Row } from './rows.ts';
import type { Mapping, Target } from './targets.ts';

const PHONES: [Target, PhoneKind][] = [
  ['phone.mobile', 'mobile'],
  ['phone.home', 'landline'],
  ['phone.work', 'landline'],
  ['phone.other', 'other'],
];

/** Reads the values of one row by target, and keeps what is wrong with them. `bad` is true once the row must stay out. */
export class RowReader {
  readonly problems: RowProblem[] = [];
  bad = false;
  readonly row: Row;
  readonly plan: Plan;

  constructor(row: Row, plan: Plan) {
    this.row = row;
    this.plan = plan;
    const extra = row.cells.findIndex((cell, i) => i >= plan.header.length && cell.trim() !== '');
    if (extra >= 0) {
      const reason = `The row has ${row.cells.length} cells, but there are ${plan.header.length} columns. A cell with a separator in it may lack its quotation marks.`;
      this.report('error', null, row.cells[extra] ?? null, reason);
    }
  }

  /** Notes a problem. `error` keeps the row out, `warning` lets it in. */
  report(severity: 'error' | 'warning', column: number | null, value: string | null, reason: string): void {
    if (severity === 'error') this.bad = true;
    this.problems.push({
      line: this.row.line,
      row: this.row.row,
      severity,
      column: column === null ? null : this.plan.header[column] || `Column ${column + 1}`,
      value: value === null ? null : cut(value, 200),
      reason,
      cells: severity === 'error' ? this.row.cells : [],
    });
  }

  /** The first column of a target that says something. */
  text(target: Target, mapping: Mapping = this.plan.mapping): string | null {
    for (const column of mapping[target] ?? []) {
      const value = text(this.row.cells[column] ?? '');
      if (value !== null) return cut(value, 10_000);
    }
    return null;
  }

  /** All columns of a target that say something. */
  texts(target: Target): string[] {
    return (this.plan.mapping[target] ?? []).map((c) => text(this.row.cells[c] ?? '')).filter((v) => v !== null);
  }

  flag(target: Target, mapping: Mapping = this.plan.mapping): boolean | null {
    const value = this.text(target, mapping);
    return value === null ? null : flag(value);
  }

  /** An ISO date, or null. What is no date is reported with `severity`. */
  date(target: Target, severity: 'error' | 'warning'): string | null {
    const column = this.plan.mapping[target]?.[0];
    if (column === undefined) return null;
    const cell = this.row.cells[column] ?? '';
    const result = parseDate(cell, this.plan.dateOrders.get(column) ?? null);
    if (result.ok) return result.date;
    this.report(severity, column, cell, result.reason);
    return null;
  }

  /** Integer cents, or null. What is no amount keeps the row out. */
  money(target: Target): number | null {
    const column = this.plan.mapping[target]?.[0];
    if (column === undefined) return null;
    const cell = this.row.cells[column] ?? '';
    const result = parseMoney(cell, this.plan.decimals.get(column) ?? null);
    if (result.ok) return result.cents;
    this.report('error', column, cell, result.reason);
    return null;
  }

  emails(): string[] {
    const emails = new Set<string>();
    for (const column of this.plan.mapping['customer.email'] ?? []) {
      const cell = this.row.cells[column] ?? '';
      if (cell === '') continue;
      const found = parseEmails(cell);
      for (const email of found.emails) emails.add(email);
      for (const bad of found.bad)
        this.report('warning', column, bad, `“${bad}” is not an email address. The row comes in without it.`);
    }
    return [...emails];
  }

  phones(): Phone[] {
    const phones: Phone[] = [];
    for (const [target, kind] of PHONES) {
      for (const column of this.plan.mapping[target] ?? []) {
        const cell = this.row.cells[column] ?? '';
        if (cell === '') continue;
        const found = parsePhones(cell, kind);
        phones.push(...found.phones);
        for (const bad of found.bad)
          this.report('warning', column, bad, `“${bad}” is not a phone number. The row comes in without it.`);
      }
    }
    return distinctPhones(phones);
  }

  billing(): Address | null {
    return this.address('billing', this.plan.mapping);
  }

  /** The service locations of the row: one of unnumbered columns, and one for each numbered group. */
  services(): LocationRecord[] {
    const locations: LocationRecord[] = [];
    for (const group of this.plan.addressGroups.values()) {
      const address = this.address('service', group);
      const name = this.text('service.name', group);
      const notes = this.text('service.notes', group);
      const billing = this.flag('service.isBilling', group) ?? false;
      if (address || name)
        locations.push({ externalId: null, name, address: address ?? { ...noAddress }, notes, billing });
    }
    return locations;
  }

  private address(side: 'billing' | 'service', mapping: Mapping): Address | null {
    const get = (part: string) => this.text(`${side}.${part}` as Target, mapping);
    const country = get('country');
    const parts = addressOf({
      street: get('street'),
      street2: get('street2'),
      city: get('city'),
      state: get('state'),
      zip: get('zip'),
      country,
    });
    const full = get('full');
    if (full === null) return parts;
    // "Address" beside City and State is the street; alone it is the whole address.
    if (parts && !parts.street) return { ...parts, street: full.replace(/\s*[\r\n]+\s*/g, ', ') };
    return parts ?? parseAddress(full);
  }
}
