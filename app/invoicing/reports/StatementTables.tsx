import { Link } from '@remix-run/react';

import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';
import { formatDate, formatMoney } from '#app/ui/format.ts';

import { ages } from './aging.ts';
import { statementWords } from './statement-words.ts';
import type { Statement } from './statements.server.ts';
import classes from './StatementTables.module.css';

/** The movements of a statement with the balance after each, and what is open at its end by invoice and age. */
export function StatementTables({ statement }: { statement: Statement }) {
  const { period, lines, open, aged, openingCents, closingCents, creditCents } = statement;
  const before = {
    on: period.from,
    what: 'Balance before',
    amountCents: null,
    balanceCents: openingCents,
  };
  const rows = [
    before,
    ...lines.map((line) => ({
      on: line.on,
      what: statementWords(line),
      amountCents: line.amountCents,
      balanceCents: line.balanceCents,
    })),
  ].map((row, key) => ({ ...row, key }));
  return (
    <div className={classes.stack}>
      <Section title="Movements" flush>
        <SimpleTable
          label="Movements"
          rows={rows}
          rowKey={(row) => row.key}
          columns={[
            { key: 'on', label: 'Date', wide: true, cell: (row) => formatDate(row.on) },
            {
              key: 'what',
              label: 'What',
              cell: (row) => (
                <span className={classes.wrap}>
                  {row.what}
                  <span className={classes.phone}>{formatDate(row.on)}</span>
                </span>
              ),
            },
            {
              key: 'amount',
              label: 'Amount',
              numeric: true,
              cell: (row) => (row.amountCents === null ? '' : formatMoney(row.amountCents)),
            },
            {
              key: 'balance',
              label: 'Balance',
              numeric: true,
              cell: (row) => formatMoney(row.balanceCents),
            },
          ]}
          foot={[{ label: `Balance on ${formatDate(period.to)}`, value: formatMoney(closingCents), strong: true }]}
        />
      </Section>
      {open.length > 0 && (
        <Section title={`Open on ${formatDate(period.to)}`} flush>
          <dl className={classes.ages}>
            {ages.map((age) => (
              <div key={age.key}>
                <dt>{age.short}</dt>
                <dd>{formatMoney(aged[age.key])}</dd>
              </div>
            ))}
            {creditCents > 0 && (
              <div>
                <dt>Unused credit</dt>
                <dd>{formatMoney(-creditCents)}</dd>
              </div>
            )}
          </dl>
          <SimpleTable
            label="Open invoices"
            rows={open}
            rowKey={(invoice) => invoice.id}
            columns={[
              {
                key: 'number',
                label: 'Invoice',
                cell: (invoice) => <Link to={`/invoices/${invoice.id}`}>{invoice.number}</Link>,
              },
              {
                key: 'summary',
                label: 'For',
                wide: true,
                cell: (invoice) => <span className={classes.wrap}>{invoice.summary}</span>,
              },
              { key: 'due', label: 'Due', cell: (invoice) => formatDate(invoice.dueOn) },
              { key: 'open', label: 'Open', numeric: true, cell: (invoice) => formatMoney(invoice.cents) },
            ]}
          />
        </Section>
      )}
    </div>
  );
}
