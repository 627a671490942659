import type { Verifier } from '#app/messaging/address-checks.server.ts';
import type { AddressCheck, PostalAddress } from '#app/messaging/postal-address.ts';

export type FakeVerifier = Verifier & {
  /** Every address that was looked up, in order. */
  readonly asked: PostalAddress[];
  /** What the next look-ups answer; by default every address is deliverable as it is written. May throw as a real adapter does. */
  answer: (address: PostalAddress, call: number) => AddressCheck | Promise<AddressCheck>;
};

/** The Postal Service's list without a wire: keeps what it was asked, and answers as it is told. */
export function fakeVerifier(answer?: FakeVerifier['answer'], more: Partial<Verifier> = {}): FakeVerifier {
  const asked: PostalAddress[] = [];
  const verifier: FakeVerifier = {
    name: 'lob',
    account: null,
    asked,
    answer: answer ?? ((address) => ({ deliverability: 'deliverable', standard: address })),
    verify: async (address) => {
      asked.push(address);
      return verifier.answer(address, asked.length);
    },
    ...more,
  };
  return verifier;
}
