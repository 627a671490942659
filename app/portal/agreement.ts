/**
 * The Legal Agreement that an administrator accepts before anything of the portal can be set (S2-01). A changed text gets
 * a new version: what was accepted is kept by version and by the hash of the text, and never rewritten.
 */
export type Agreement = { version: string; title: string; sections: { heading: string; text: string }[] };

export const agreement: Agreement = {
  version: '2026-11-01',
  title: 'Customer Portal agreement',
  sections: [
    {
      heading: '1. What this is about',
      text: 'The Customer Portal lets your customers sign in, see their invoices and pay them online. “You” are the company whose portal it is. “Partner” is whoever operates Fieldpost for you, together with the payment processor that you connect to it.',
    },
    {
      heading: '2. What the portal may use',
      text: 'To run the portal, Partner reads the customers, contacts, locations, jobs, invoices and payments in your account and shows each customer their own. Internal notes are not shown. Partner uses this data for the portal only, does not sell it, and keeps it apart from the data of other companies.',
    },
    {
      heading: '3. Your customers’ accounts',
      text: 'A customer can create an account only with an email address that stands on their record. You keep these addresses right: whoever reads mail at such an address can see that customer’s invoices. Removing the address ends the access at once.',
    },
    {
      heading: '4. Payments',
      text: 'Payments go through the processor that you connect; its own terms apply as well. Of a card only its brand and last four digits are kept. Refunds and disputes are between you, your customer and the processor. The sandbox processor is for trying things out: it takes test cards only and moves no money.',
    },
    {
      heading: '5. What you promise',
      text: 'You may show and process this data under the laws that apply to you, the invoices in your account are your own, and the name and logo you set are yours to use. You answer your customers’ questions at the email and phone number that you set for the portal.',
    },
    {
      heading: '6. Ending it',
      text: 'You can switch the portal off at any time under Settings. Customers then see your phone number in its place; nothing that was paid or recorded is lost. If this agreement changes, an administrator is asked to accept the new version before settings can be changed again.',
    },
  ],
};

/** What stands beside the checkbox (S2-02). */
export const CONSENT =
  'I agree and accept these terms and consent to Partner’s access to my Fieldpost account and data';

/** The whole text as it is shown, for hashing. */
export const agreementText = ({ version, title, sections }: Agreement): string =>
  [`${title} (${version})`, ...sections.map(({ heading, text }) => `${heading}\n${text}`), CONSENT].join('\n\n');
