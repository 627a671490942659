import type { PostcardSize } from '#builders/postcard/document.ts';

/**
 * What one postcard costs, print and first-class postage together, in cents: about what Lob takes of an account without a plan.
 * An estimate, to be checked against lob.com/pricing: prices change, and plans lower them. Lob's answers name no price.
 */
export const CENTS_PER_CARD: Readonly<Record<PostcardSize, number>> = { '4x6': 87, '6x9': 103, '6x11': 113 };
