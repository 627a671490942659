import type { Card } from './card.ts';

/** All that a side of a card says and shows, in reading order, for whoever can't see it. */
export function describeCard(card: Card, side: 'front' | 'back'): string {
  const parts = side === 'front' ? frontOf(card) : backOf(card);
  const said = parts.map((part) => part.replace(/\s+/gu, ' ').trim()).filter((part) => part !== '');
  return `${side === 'front' ? 'Front' : 'Back'} of the postcard. ${said.map(sentence).join(' ') || 'It is empty.'}`;
}

function frontOf({ brand, front }: Card): string[] {
  return [
    front.picture ? (front.pictureText.trim() === '' ? 'A picture' : `A picture: ${front.pictureText}`) : '',
    brand.logo ? `The logo of ${brand.name}` : brand.name,
    front.headline,
    front.offer,
  ];
}

function backOf({ brand, design, back, qr, returnAddress }: Card): string[] {
  // These two designs begin with it, as a letter does.
  const head = design === 'notice' || design === 'letter';
  return [
    head ? brand.name : '',
    back.headline,
    back.body,
    back.coupon && `${back.coupon.title}${back.coupon.terms}`.trim() !== '' ? 'Coupon' : '',
    back.coupon?.title ?? '',
    back.coupon?.terms ?? '',
    qr?.caption ?? '',
    qr ? `The QR code leads to ${qr.url}` : '',
    returnAddress.length > 0 ? `Return address: ${returnAddress.join(', ')}` : '',
  ];
}

function sentence(text: string): string {
  return /[.!?…:]$/u.test(text) ? text : `${text}.`;
}
