import type { Logger } from 'pino';

import type { PayDeps } from '#app/invoicing/payments/payments.server.ts';
import type { Addresses } from '#app/messaging/addresses.ts';
import type { LobKeys } from '#app/messaging/providers/choose-mail.server.ts';
import type { TwilioKeys } from '#app/messaging/providers/choose-text.server.ts';
import type { Db } from '#db/client.ts';

import type { Area } from './hosts.ts';

/** What the server hands to every loader and action. */
export type AppContext = {
  db: Db;
  addresses: Addresses;
  /** Signs tokens, decrypts stored keys. */
  secret: string;
  /** Where SES really is, when it is not Amazon's own address. */
  sesEndpoint: string | null;
  /** Keys from the environment for companies without their own. */
  ses: { region: string; accessKeyId: string; secretAccessKey: string } | null;
  /** Twilio keys from the environment for companies without their own, and where Twilio really is. */
  twilio: TwilioKeys | null;
  twilioApiBase: string | null;
  /** The same of Lob. */
  lob: LobKeys | null;
  lobApiBase: string | null;
  /** Where Stripe really is, when it is not Stripe's own address. */
  stripeApiBase: string | null;
  /** Who moves a company's money: see `payDeps`. */
  processorOf: PayDeps['processorOf'];
  area: Area;
  /** The company whose portal or link host this is; null in the office, where the session says it. */
  hostCompanyId: number | null;
  /** The caller's address, for rate limits. */
  ip: string;
  /** Allows our own inline scripts through the content security policy. */
  nonce: string;
  /** Names this request in the log, and on the page if it fails. */
  reference: string;
  log: Logger;
};

declare module '@remix-run/node' {
  interface AppLoadContext extends AppContext {}
  interface Future {
    v3_singleFetch: true;
  }
}
