import { EXAMPLE_TOKEN } from '#app/invoicing/payments/pay-tokens.server.ts';
import { shortUrl, type Sender } from '#app/messaging/sender.server.ts';
import { formatPhone } from '#app/ui/format.ts';
import { sampleValues, type MergeValues } from '#builders/merge/values.ts';

/** An invented customer's values with the company's own name, address and links. */
export function inventedValues(sender: Sender): MergeValues {
  const { phone, email, website, postalAddress } = sender.profile;
  const portal = sender.portalOrigin ?? '';
  return {
    ...sampleValues,
    company: {
      name: sender.companyName,
      phone: formatPhone(phone),
      email,
      website,
      postal_address: postalAddress.replaceAll('\n', ', '),
    },
    links: {
      customer_portal: portal && `${portal}/`,
      pay_invoice: portal && `${portal}/pay/${EXAMPLE_TOKEN}`,
      unsubscribe: previewUnsubscribe(sender),
    },
  };
}

/** Where the invented customer's postcard goes. */
export const INVENTED_ADDRESS = ['Dana Whitfield', '1204 MAPLE AVE', 'APT 3', 'AUSTIN TX 78704'];

/** Names no message, so nobody is unsubscribed by trying it. */
export const previewUnsubscribe = (sender: Sender) => `${sender.linkOrigin}/u/preview`;

/** As long as real ones are. Nobody's: it leads nowhere. */
const EXAMPLE_CODE = 'k7m2p9q4rs';

/** A short link as it looks in a text, or on a card. */
export const exampleUrl = (sender: Sender) => shortUrl(sender, EXAMPLE_CODE);
