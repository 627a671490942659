import { PDFDocument } from 'pdf-lib';
import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, test } from 'vitest';

import { renderInvoicePdf, type InvoicePaper } from './pdf.server.ts';

const item = {
  description: 'Water heater, installed',
  quantity: 1,
  unitCents: 128_000,
  taxCents: 10_560,
  totalCents: 138_560,
};
const paper = (overrides: Partial<InvoicePaper> = {}): InvoicePaper => ({
  company: {
    name: 'Brightwater Plumbing',
    address: ['210 Elm Street', 'Chattanooga, TN 37402'],
    phone: '(423) 555-0100',
    email: 'office@brightwater.example',
    website: 'brightwater.example',
    color: '#1E6B52',
    logo: null,
  },
  number: 'INV-1042',
  summary: 'Water heater',
  status: 'open',
  issuedOn: '2026-02-02',
  dueOn: '2026-03-04',
  currency: 'USD',
  job: 'J-7',
  billTo: ['Zoë Nuñez-Łukasiewicz', '14 Oak Street'],
  serviceAt: ['99 Shore Road'],
  items: [item, { description: 'Labor', quantity: 2.125, unitCents: 9_500, taxCents: 0, totalCents: 20_188 }],
  taxCents: 10_560,
  totalCents: 158_748,
  movements: [{ on: '2026-02-10', label: 'Payment, check', amountCents: -50_000 }],
  balanceCents: 108_748,
  notes: 'Six years of warranty.',
  payUrl: 'https://bright.portal.example/pay/i1-2-1-abcdefghijklmnopqrstuv',
  ...overrides,
});

async function pagesOf(overrides: Partial<InvoicePaper> = {}) {
  const bytes = await renderInvoicePdf(paper(overrides));
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: false });
  const document = await PDFDocument.load(bytes);
  return { text, boxes: document.getPages().map((page) => page.getSize()), title: document.getTitle(), bytes };
}

describe('S2-20: the paper of an invoice', () => {
  test('says all that is asked for, on one page of US Letter, with accents', async () => {
    const { text, boxes, title } = await pagesOf();
    expect(boxes).toEqual([{ width: 612, height: 792 }]);
    expect(title).toBe('Invoice INV-1042');
    for (const words of [
      'Brightwater Plumbing',
      '210 Elm Street',
      'Zoë Nuñez-Łukasiewicz',
      '99 Shore Road',
      'J-7',
      'Feb 2, 2026',
      'Mar 4, 2026',
      'Water heater, installed',
      '2.125',
      '$95.00',
      '$105.60',
      '$1,587.48',
      'Payment, check, Feb 10, 2026',
      '-$500.00',
      'Balance due',
      '$1,087.48',
      'Six years of warranty.',
      'bright.portal.example/pay/i1-2-1-abcdefghijklmnopqrstuv',
      'Page 1 of 1',
    ]) {
      expect(text[0], words).toContain(words);
    }
  });

  test('goes on over pages: the heading of the items stands on each, every line is there, each page has its number', async () => {
    const items = Array.from({ length: 90 }, (_, n) => ({
      ...item,
      description: n === 40 ? `Row 40 ${'with very many words '.repeat(200)}end of 40` : `Row ${n}`,
    }));
    const { text, boxes } = await pagesOf({ items });
    expect(boxes.length).toBeGreaterThan(3);
    boxes.forEach((_, page) => expect(text[page]).toContain(`Page ${page + 1} of ${boxes.length}`));
    const withRows = text.filter((page) => /Row \d|many words/.test(page));
    for (const page of withRows) expect(page).toContain('Description');
    const all = text.join('\n');
    for (let n = 0; n < 90; n += 1) expect(all).toMatch(new RegExp(`Row ${n}\\b`));
    expect(all).toContain('end of 40');
  });

  test('a word that is longer than its column is broken, not cut off', async () => {
    const { text } = await pagesOf({ items: [{ ...item, description: 'W'.repeat(120) }] });
    expect(text[0]!.replaceAll(/[^W]/g, '').length).toBeGreaterThanOrEqual(120);
  });

  test('paid, void and draft are stamped, and only what can be paid has an address to pay at', async () => {
    const paid = await pagesOf({ status: 'paid', balanceCents: 0 });
    expect(paid.text[0]).toContain('PAID');
    expect(paid.text[0]).not.toContain('Pay online');
    const gone = await pagesOf({ status: 'void' });
    expect(gone.text[0]).toContain('VOID');
    expect(gone.text[0]).not.toContain('Pay online');
    expect((await pagesOf({ status: 'draft' })).text[0]).toContain('Draft invoice');
    expect((await pagesOf({ payUrl: null })).text[0]).not.toContain('Pay online');
    expect((await pagesOf()).text[0]).not.toMatch(/PAID|VOID|DRAFT/);
  });

  test('no sign that the fonts lack, and no control sign, keeps it from being printed', async () => {
    const { text } = await pagesOf({ notes: 'Fine 🚿 \u0007 e\u0301\u200b\r\nsecond\tline', billTo: ['李雷'] });
    expect(text[0]).toContain('Fine ?');
    expect(text[0]).toContain('é');
    expect(text[0]).toContain('second line');
  });
});
