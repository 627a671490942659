import {
  finishPaper,
  leading,
  letterHead,
  openPaper,
  PAGE,
  paragraph,
  QUIET,
  room,
  sums,
  table,
  write,
} from '#app/invoicing/invoices/paper.server.ts';
import type { PaperCompany } from '#app/invoicing/invoices/paper.server.ts';
import { formatDate, formatMoney } from '#app/ui/format.ts';

import { ages } from './aging.ts';
import { statementWords } from './statement-words.ts';
import type { Statement } from './statements.server.ts';

/** A customer's statement as a PDF of US Letter pages in the company's own look (B-17). @param address the customer's, line by line */
export function renderStatementPdf(company: PaperCompany, address: string[], statement: Statement): Promise<Buffer> {
  const { customer, period } = statement;
  const [from, to] = [formatDate(period.from), formatDate(period.to)];
  const contact = [company.phone, company.email].filter(Boolean).join(' · ');
  const foot = [company.name, `Statement for ${customer}`, contact].filter(Boolean).join(' · ');
  const paper = openPaper(company, `Statement, ${customer}, ${from} to ${to}`, foot);
  letterHead(
    paper,
    'Statement',
    [
      ['From', from],
      ['To', to],
      [statement.closingCents < 0 ? 'Credit' : 'Balance', formatMoney(Math.abs(statement.closingCents))],
    ],
    null,
  );
  paragraph(paper, customer, { weight: 600 });
  for (const line of address) paragraph(paper, line);
  paper.y += 16;

  table(
    paper,
    [
      { label: 'Date', width: 78 },
      { label: 'What', width: 0 },
      { label: 'Amount', width: 86, align: 'right' },
      { label: 'Balance', width: 86, align: 'right' },
    ],
    [
      [from, 'Balance before', '', formatMoney(statement.openingCents)],
      ...statement.lines.map((line) => [
        formatDate(line.on),
        statementWords(line),
        formatMoney(line.amountCents),
        formatMoney(line.balanceCents),
      ]),
    ],
  );
  paper.y += 4;
  sums(paper, [
    ...statementSums(statement).map(([label, cents]) => ({ label, value: formatMoney(cents) })),
    { label: `Balance on ${to}`, value: formatMoney(statement.closingCents), strong: true },
  ]);
  if (statement.tipsCents > 0) {
    paper.y += 6;
    paragraph(paper, `Tips of ${formatMoney(statement.tipsCents)} were given on top of payments. Thank you.`, {
      color: QUIET,
    });
  }
  if (statement.open.length > 0) openInvoices(paper, statement);
  return finishPaper(paper);
}

/** How the opening balance comes to the closing one; what did not move is left out. */
export function statementSums({ openingCents, sums: sum }: Statement): [string, number][] {
  const rows: [string, number][] = [
    ['Charges', sum.charges],
    ['Tax', sum.tax],
    ['Payments', sum.payments],
    ['Credits and adjustments', sum.credits],
    ['Refunds', sum.refunds],
  ];
  return [['Balance before', openingCents], ...rows.filter(([, cents]) => cents !== 0)];
}

/** What is owed at the end of the period, by invoice and by age. */
function openInvoices(paper: ReturnType<typeof openPaper>, { open, aged, creditCents, period }: Statement): void {
  paper.y += 20;
  room(paper, 120);
  paragraph(paper, `Open invoices on ${formatDate(period.to)}`, { size: 12, weight: 700 });
  paper.y += 6;
  table(
    paper,
    [
      { label: 'Invoice', width: 90 },
      { label: 'For', width: 0 },
      { label: 'Due', width: 78 },
      { label: 'Open', width: 86, align: 'right' },
    ],
    open.map((invoice) => [invoice.number, invoice.summary, formatDate(invoice.dueOn), formatMoney(invoice.cents)]),
  );
  if (creditCents > 0) {
    paragraph(paper, `Not yet used credit: ${formatMoney(creditCents)}`, { color: QUIET });
  }
  paper.y += 8;
  room(paper, 2 * leading() + 8);
  const width = (PAGE.right - PAGE.left) / ages.length;
  ages.forEach((age, index) => {
    const x = PAGE.left + index * width;
    write(paper, age.short, x, paper.y, width - 8, { size: 9, weight: 600, color: QUIET });
    write(paper, formatMoney(aged[age.key]), x, paper.y + leading(9) + 2, width - 8, { weight: 600 });
  });
  paper.y += 2 * leading() + 8;
}
