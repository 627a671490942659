import { type DateOrder, settleDates } from './dates.ts';
import { addressGroup } from './header.ts';
import { type Decimal, settleMoney } from './money.ts';
import type { FileKind } from './records.ts';
import type { Survey } from './survey.ts';
import type { Mapping, Target } from './targets.ts';

/** How one file will be read: the survey's findings with the person's choices. */
export type Plan = {
  kind: FileKind;
  product: string | null;
  headerRow: number;
  header: string[];
  mapping: Mapping;
  grouped: boolean;
  totals: boolean;
  dateOrders: Map<number, DateOrder | null>;
  /** False when nothing in the file proves the order of its dates. */
  datesSure: boolean;
  decimals: Map<number, Decimal | null>;
  /** Columns with amounts that totals are checked against. */
  amounts: number[];
  /** Columns of service addresses, grouped: each group is one location. */
  addressGroups: Map<number, Mapping>;
};

const DATES: Target[] = ['invoice.issuedOn', 'invoice.createdOn', 'invoice.dueOn', 'invoice.paidOn'];
const AMOUNTS: Target[] = ['invoice.total', 'invoice.balance', 'invoice.paid', 'item.total'];

export type Choices = { kind?: FileKind; mapping?: Mapping; dateOrder?: DateOrder | null };

/** Joins what a survey found with what the person chose. Columns that the file does not have are left out. */
export function makePlan(survey: Survey, choices: Choices = {}): Plan {
  const mapping: Mapping = {};
  for (const [target, columns] of Object.entries(choices.mapping ?? survey.mapping) as [Target, number[]][]) {
    const real = columns.filter((column) => Number.isInteger(column) && survey.columns[column] !== undefined);
    if (real.length > 0) mapping[target] = real;
  }
  const pick = (targets: Target[]) => targets.flatMap((target) => mapping[target] ?? []);
  const dateFile = { mdy: 0, dmy: 0, either: 0, dotted: 0 };
  const moneyFile = { dot: 0, comma: 0, either: 0 };
  for (const column of pick(DATES)) add(dateFile, survey.columns[column]?.dates);
  for (const column of pick(AMOUNTS)) add(moneyFile, survey.columns[column]?.money);
  const dateOrders = new Map<number, DateOrder | null>();
  let datesSure = true;
  for (const column of pick(DATES)) {
    const facts = survey.columns[column];
    if (!facts) continue;
    const settled = settleDates(facts.dates, dateFile);
    if (!settled.sure) datesSure = false;
    dateOrders.set(column, choices.dateOrder ?? settled.order);
  }
  const decimals = new Map<number, Decimal | null>();
  for (const column of pick(AMOUNTS)) {
    const facts = survey.columns[column];
    if (facts) decimals.set(column, settleMoney(facts.money, moneyFile));
  }
  return {
    kind: choices.kind ?? survey.kind,
    product: survey.product,
    headerRow: survey.headerRow,
    header: survey.columns.map((column) => column.name),
    mapping,
    grouped: survey.grouped,
    totals: survey.totals,
    dateOrders,
    datesSure: datesSure || Boolean(choices.dateOrder),
    decimals,
    amounts: pick(AMOUNTS),
    addressGroups: groupAddresses(mapping, survey),
  };
}

function add<T extends Record<string, number>>(sum: T, more: T | undefined): void {
  if (!more) return;
  for (const key of Object.keys(more) as (keyof T)[]) sum[key] = ((sum[key] ?? 0) + (more[key] ?? 0)) as T[keyof T];
}

function groupAddresses(mapping: Mapping, survey: Survey): Map<number, Mapping> {
  const groups = new Map<number, Mapping>();
  for (const [target, columns] of Object.entries(mapping) as [Target, number[]][]) {
    if (!target.startsWith('service.')) continue;
    for (const column of columns) {
      const number = addressGroup(survey.columns[column]?.name ?? '');
      const group = groups.get(number) ?? {};
      group[target] = [...(group[target] ?? []), column];
      groups.set(number, group);
    }
  }
  return new Map([...groups].sort(([a], [b]) => a - b));
}
