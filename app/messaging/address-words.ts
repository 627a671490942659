import type { Deliverability, PostalAddress } from './postal-address.ts';

/** What each answer of the Postal Service's list means to the office, and what to do about it (B-12). */
export const deliverabilityWords: Record<
  Deliverability,
  { label: string; means: string; tone: 'paid' | 'soon' | 'overdue' }
> = {
  deliverable: {
    label: 'Deliverable',
    means: 'The Postal Service delivers there, but writes the address differently.',
    tone: 'paid',
  },
  deliverable_unnecessary_unit: {
    label: 'Unit not needed',
    means: 'The Postal Service delivers there, but knows no units at this address. Mail arrives without it.',
    tone: 'soon',
  },
  deliverable_incorrect_unit: {
    label: 'Wrong unit',
    means: 'The building is known, this unit is not. Mail may come back: ask the customer for the unit.',
    tone: 'soon',
  },
  deliverable_missing_unit: {
    label: 'Unit missing',
    means: 'The building has several units, and none is given. Mail may come back: ask the customer for the unit.',
    tone: 'soon',
  },
  undeliverable: {
    label: 'Can’t be delivered to',
    means: 'The Postal Service does not deliver there. Postcards leave it out: look at street, number and ZIP.',
    tone: 'overdue',
  },
};

/** An address as it stands on one line. */
export function addressLine({ line1, line2, city, state, zip }: PostalAddress): string {
  const last = [state, zip].filter(Boolean).join(' ');
  return [line1, line2, city, last].filter(Boolean).join(', ');
}
