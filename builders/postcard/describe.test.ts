import { expect, test } from 'vitest';

import { plainCard, sampleCard } from '#tests/factories/cards.ts';
import { describeCard } from './describe.ts';

test('B-19: a description has all texts of a side in reading order, the picture and where the code leads', () => {
  const card = sampleCard('classic', '6x9');
  expect(describeCard(card, 'front')).toBe(
    'Front of the postcard. A picture: A house on a hill in summer. The logo of Brightwater Plumbing. ' +
      'Your water heater is due for its yearly flush. $25 off any flush booked before December 31.',
  );
  expect(describeCard(card, 'back')).toBe(
    'Back of the postcard. Dana, invoice 1042 is overdue. Hi Dana, $310.00 was due on April 3. Pay it in a minute at ' +
      'brightwater.portal.example/pay Thank you, Marcus. Coupon. $25 off your next visit. One per household. Good until ' +
      'December 31, 2026. Scan to see and pay your invoice. The QR code leads to https://brightwater.go.example/k7m2p9q4rs. ' +
      'Return address: Brightwater Plumbing, 4100 Burnet Rd, Suite 210, Austin, TX 78756.',
  );
});

test('what is not there is not described', () => {
  const card = plainCard('classic', '6x9');
  expect(describeCard(card, 'front')).toBe(
    'Front of the postcard. Brightwater Plumbing. Your water heater is due for its yearly flush.',
  );
  expect(describeCard(card, 'back')).not.toMatch(/Coupon|QR/u);
});

test('a notice and a letter begin with the name', () => {
  for (const design of ['notice', 'letter'] as const) {
    expect(describeCard(plainCard(design, '4x6'), 'back')).toMatch(
      /^Back of the postcard\. Brightwater Plumbing\. Dana/u,
    );
  }
});
