import type { Card } from '#builders/postcard/card.ts';
import type { PostcardDesign, PostcardSize } from '#builders/postcard/document.ts';

/** A filled-in postcard with all that a card can have, and texts that fit each size. */
export function sampleCard(design: PostcardDesign, size: PostcardSize, also: Partial<Card> = {}): Card {
  return {
    version: 1,
    size,
    design,
    brand: { name: 'Brightwater Plumbing', color: '#1f5f99', logo: { token: 'logo', width: 600, height: 200 } },
    front: {
      headline: 'Your water heater is due for its yearly flush',
      offer: '$25 off any flush booked before December 31',
      picture: { token: 'picture', width: 1875, height: 1275 },
      pictureText: 'A house on a hill in summer',
    },
    back: {
      headline: 'Dana, invoice 1042 is overdue',
      body: 'Hi Dana,\n\n$310.00 was due on April 3. Pay it in a minute at brightwater.portal.example/pay\n\nThank you, Marcus',
      coupon: { title: '$25 off your next visit', terms: 'One per household. Good until December 31, 2026.' },
    },
    qr: { url: 'https://brightwater.go.example/k7m2p9q4rs', caption: 'Scan to see and pay your invoice' },
    returnAddress: ['Brightwater Plumbing', '4100 Burnet Rd, Suite 210', 'Austin, TX 78756'],
    address: ['Dana Whitfield', '2201 Barton Hills Dr', 'Austin, TX 78704'],
    ...also,
  };
}

/** A card with texts alone: no picture, logo, offer, coupon or code. */
export function plainCard(design: PostcardDesign, size: PostcardSize): Card {
  const { brand, front, back, ...rest } = sampleCard(design, size);
  return {
    ...rest,
    brand: { ...brand, logo: null },
    front: { ...front, offer: '', picture: null },
    back: { ...back, coupon: null },
    qr: null,
  };
}
