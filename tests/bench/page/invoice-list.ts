import { createElement, type ReactNode } from 'react';

import {
  hasInvoices,
  listBusinessUnits,
  listInvoices,
  type InvoiceRow,
} from '#app/invoicing/invoices/invoices.server.ts';
import { dateIn, formatAge, formatDate, formatMoney } from '#app/ui/format.ts';
import { withCompany, type Db } from '#db/client.ts';

/** What the invoice list asks the database for. */
export const loadList = (db: Db, companyId: number) =>
  withCompany(db, companyId, async (tx) => {
    const today = dateIn('America/New_York', new Date());
    const [list, units, any] = await Promise.all([
      listInvoices(tx, { today }, {}),
      listBusinessUnits(tx),
      hasInvoices(tx),
    ]);
    return { ...list, units, any, today };
  });

/** Its rows in plain elements. */
export const listRows = ({ rows, today }: Awaited<ReturnType<typeof loadList>>): ReactNode =>
  rows.map((row) => tableRow(row, today));

/** A row of the list, class names and all. */
function tableRow(row: InvoiceRow, today: string): ReactNode {
  const age = formatAge(row.dueOn, today);
  const state = createElement(
    'span',
    { className: classes.badge, 'data-tone': row.status === 'open' ? 'overdue' : row.status },
    row.status === 'open' ? age[0]!.toUpperCase() + age.slice(1) : row.status,
  );
  const cell = (props: object | null, ...children: ReactNode[]) => createElement('td', props, ...children);
  const numeric = { 'data-numeric': 'true', 'data-wide': 'true' };
  return createElement(
    'tr',
    { key: row.id, 'data-opens': 'true' },
    cell(
      null,
      createElement('a', { href: `/invoices/${row.id}`, className: classes.name, 'data-record': 'true' }, row.number),
    ),
    cell(
      null,
      createElement('span', { className: classes.first }, row.customer),
      createElement('span', { className: classes.under }, state),
    ),
    cell({ 'data-wide': 'true' }, state),
    cell(numeric, formatDate(row.issuedOn)),
    cell(numeric, formatDate(row.dueOn)),
    cell(numeric, createElement('span', { className: classes.quiet }, formatMoney(row.totalCents, row.currency))),
    cell({ 'data-numeric': 'true' }, formatMoney(row.balanceCents, row.currency)),
  );
}

/** Names as long as the build's own. */
const classes = {
  badge: '_badge_12nqz_1',
  name: '_name_ur6u0_76',
  first: '_first_1v5jx_1',
  under: '_under_1v5jx_4 _phone_1v5jx_21',
  quiet: '_quiet_1v5jx_8',
};
