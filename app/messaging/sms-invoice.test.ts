import fc from 'fast-check';
import { expect, test } from 'vitest';

import { countText } from '#builders/sms/segments.ts';
import { tellsHowToStop } from '#builders/sms/opt-out.ts';

import { sampleSmsInvoice, smsInvoiceText } from './sms-invoice.ts';

const link = 'https://larks.go.example/k7m2pqw4dr';

test('S1-04, S1-14: the text says who writes, what is to be paid and where, and how to stop texts', () => {
  const text = smsInvoiceText({ company: 'Larks Heating', number: '1042', amountCents: 31_050, currency: 'USD', link });
  expect(text).toBe(`Larks Heating: Here is your link to pay invoice 1042, $310.50: ${link}\nReply STOP to opt out.`);
  expect(countText(text).parts).toBe(1);
  expect(sampleSmsInvoice('Larks Heating', 'https://larks.go.example')).toContain(link);
});

test('whatever the names are, it is one short text that keeps its link whole and tells how to stop', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 100 }),
      fc.integer({ min: 1, max: 100_000_000 }),
      (company, number, amountCents) => {
        const text = smsInvoiceText({ company, number, amountCents, currency: 'USD', link });
        expect(text).toContain(`: ${link}\n`);
        expect(tellsHowToStop(text)).toBe(true);
        expect(text.split('\n')).toHaveLength(2);
        expect(text.length).toBeLessThan(340);
      },
    ),
  );
});
