import { formatDate, formatMoney } from '#app/ui/format.ts';
import { qrSymbol } from '#builders/postcard/qr.ts';

import {
  finishPaper,
  INK,
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
  type Paper,
  type PaperCompany,
} from './paper.server.ts';

/** An invoice as its paper shows it. Cents throughout; days are calendar dates. */
export type InvoicePaper = {
  company: PaperCompany;
  number: string;
  summary: string;
  status: 'draft' | 'open' | 'paid' | 'void';
  issuedOn: string;
  dueOn: string;
  currency: string;
  /** The job's number, or null. */
  job: string | null;
  /** Name and address, line by line. */
  billTo: string[];
  /** Where the work was done, where that is another place. */
  serviceAt: string[];
  items: { description: string; quantity: number; unitCents: number; taxCents: number; totalCents: number }[];
  taxCents: number;
  totalCents: number;
  /** What settled it so far, and what came back; signed as in the ledger. */
  movements: { on: string; label: string; amountCents: number }[];
  balanceCents: number;
  notes: string;
  /** Where it can be paid online; null where it can't. */
  payUrl: string | null;
};

/** The invoice as a PDF of US Letter pages in the company's own look (S2-20). */
export function renderInvoicePdf(invoice: InvoicePaper): Promise<Buffer> {
  const { company, status } = invoice;
  const money = (cents: number) => formatMoney(cents, invoice.currency);
  const contact = [company.phone, company.email].filter(Boolean).join(' · ');
  const paper = openPaper(
    company,
    `Invoice ${invoice.number}`,
    [company.name, `Invoice ${invoice.number}`, contact].filter(Boolean).join(' · '),
  );
  letterHead(
    paper,
    status === 'draft' ? 'Draft invoice' : 'Invoice',
    [
      ['Number', invoice.number],
      ['Date', formatDate(invoice.issuedOn)],
      ['Due', formatDate(invoice.dueOn)],
      ...(invoice.job ? [['Job', invoice.job] as const] : []),
    ],
    stampOf(invoice),
  );
  addresses(paper, invoice);
  if (invoice.summary) {
    paragraph(paper, invoice.summary, { size: 11, weight: 600 });
    paper.y += 8;
  }
  const taxed = invoice.items.some((item) => item.taxCents !== 0);
  table(
    paper,
    [
      { label: 'Description', width: 0 },
      { label: 'Qty', width: 52, align: 'right' },
      { label: 'Price', width: 72, align: 'right' },
      ...(taxed ? [{ label: 'Tax', width: 60, align: 'right' } as const] : []),
      { label: 'Amount', width: 80, align: 'right' },
    ],
    invoice.items.map((item) => [
      item.description,
      item.quantity.toLocaleString('en-US', { maximumFractionDigits: 3 }),
      money(item.unitCents),
      ...(taxed ? [item.taxCents === 0 ? '' : money(item.taxCents)] : []),
      money(item.totalCents - item.taxCents),
    ]),
  );
  paper.y += 4;
  sums(paper, [
    { label: 'Subtotal', value: money(invoice.totalCents - invoice.taxCents) },
    ...(invoice.taxCents !== 0 ? [{ label: 'Tax', value: money(invoice.taxCents) }] : []),
    { label: 'Total', value: money(invoice.totalCents) },
    ...invoice.movements.map(({ on, label, amountCents }) => ({
      label: `${label}, ${formatDate(on)}`,
      value: money(amountCents),
    })),
    {
      label: invoice.balanceCents < 0 ? 'Credit' : 'Balance due',
      value: money(Math.abs(invoice.balanceCents)),
      strong: true,
    },
  ]);
  if (invoice.notes) {
    paper.y += 12;
    room(paper, 3 * leading());
    paragraph(paper, 'Notes', { weight: 600 });
    paragraph(paper, invoice.notes);
  }
  if (invoice.payUrl && status === 'open') payOnline(paper, invoice.payUrl);
  return finishPaper(paper);
}

function stampOf({ status, balanceCents, totalCents }: InvoicePaper): { text: string; color: string } | null {
  if (status === 'void') return { text: 'VOID', color: '#a6372b' };
  if (status === 'draft') return { text: 'DRAFT', color: QUIET };
  if (status === 'paid') return { text: totalCents > 0 || balanceCents < 0 ? 'PAID' : 'NOTHING DUE', color: '#1e6b52' };
  return null;
}

/** Whom it is for, and where the work was done beside it. */
function addresses(paper: Paper, { billTo, serviceAt }: InvoicePaper): void {
  const top = paper.y;
  const block = (title: string, lines: string[], x: number): number => {
    paper.y = top;
    write(paper, title, x, paper.y, 240, { size: 9, weight: 600, color: QUIET });
    paper.y += leading(9) + 2;
    lines.forEach((line, index) => paragraph(paper, line, { weight: index === 0 ? 600 : 400 }, x, 240));
    return paper.y;
  };
  const left = block('Bill to', billTo, PAGE.left);
  const right = serviceAt.length > 0 ? block('Service at', serviceAt, PAGE.left + 264) : top;
  paper.y = Math.max(left, right) + 20;
}

const CODE = 84;

/** The address of the payment page, to type and to scan. Stays in one piece. */
function payOnline(paper: Paper, url: string): void {
  paper.y += 20;
  room(paper, CODE + 28);
  const { document, company } = paper;
  const top = paper.y;
  document
    .save()
    .lineWidth(0.75)
    .roundedRect(PAGE.left, top, PAGE.right - PAGE.left, CODE + 24, 6)
    .stroke('#d9d4ca')
    .restore();
  const code = qrSymbol(url, { right: PAGE.right - 12, top: top + 12 }, CODE, INK);
  if (code) {
    const module = code.box.width / code.modules;
    for (const [column, row, length] of code.runs) {
      document.rect(code.box.x + column * module, code.box.y + row * module, length * module, module);
    }
    document.fill(code.color);
  }
  paper.y = top + 16;
  const width = PAGE.right - PAGE.left - CODE - 48;
  paragraph(paper, 'Pay online', { size: 12, weight: 700, color: company.color }, PAGE.left + 14, width);
  paragraph(paper, 'Scan the code, or go to', { color: QUIET }, PAGE.left + 14, width);
  const at = paper.y;
  paragraph(paper, url.replace(/^https?:\/\//, ''), { weight: 600 }, PAGE.left + 14, width);
  document.link(PAGE.left + 14, at, width, paper.y - at, url);
  paper.y = top + CODE + 24;
}
