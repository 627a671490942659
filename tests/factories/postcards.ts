import type { MailMessage } from '#app/messaging/provider.ts';
import type { Card } from '#builders/postcard/card.ts';

/** A filled-in postcard. */
export const makeCard = (more: Partial<Card> = {}): Card => ({
  version: 1,
  size: '4x6',
  design: 'classic',
  brand: { name: 'Lone Star Plumbing', color: '#1E6B52', logo: null },
  front: { headline: 'You have an open invoice', offer: '', picture: null, pictureText: '' },
  back: { headline: 'Hello Ann', body: 'Pay at http://demo.go.localhost:3000/abc', coupon: null },
  qr: { url: 'http://demo.go.localhost:3000/abc', caption: 'Scan to pay' },
  returnAddress: ['Lone Star Plumbing', '1 Main St', 'Austin TX 78701'],
  address: ['Ann Lee', '12 OAK ST', 'AUSTIN TX 78701'],
  ...more,
});

/** A postcard to hand over. */
export const makeMailMessage = (more: Partial<MailMessage> = {}): MailMessage => ({
  messageId: 1,
  token: '1-1-abc',
  key: more.token ?? '1-1-abc',
  to: { name: 'Ann Lee', line1: '12 Oak Street', line2: '', city: 'Austin', state: 'TX', zip: '78701' },
  card: makeCard(),
  print: () => Promise.resolve({ front: Buffer.from('%PDF-1.7 front'), back: Buffer.from('%PDF-1.7 back') }),
  sendDate: null,
  useType: 'operational',
  ...more,
});
