/** What the form of the provider of postcards sends, as typed. */
export type MailChannelForm = {
  provider: string;
  /** Empty keeps the one that is stored. */
  apiKey: string;
  /** The same. */
  webhookSecret: string;
  /** `on`: the keys that are stored are forgotten, and the server's own are used. */
  forget: string;
  /** One line a line; empty is the company's postal address. */
  returnAddress: string;
};

/** Every field of the form, for reading it from a request. */
export const mailChannelFields = [
  'provider',
  'apiKey',
  'webhookSecret',
  'forget',
  'returnAddress',
] as const satisfies readonly (keyof MailChannelForm)[];

export type MailChannelErrors = Partial<Record<keyof MailChannelForm, string>>;

/** Lines of a return address below the company's name, at most, and the characters of each: what the design has room for. */
export const RETURN_ADDRESS = { lines: 4, characters: 40 } as const;

export type MailChannel = {
  /** Null while the company has chosen nothing: then keys in the environment decide. */
  provider: 'sandbox' | 'lob' | null;
  hasKey: boolean;
  /** The last four signs only. */
  keyEnding: string;
  /** Whether the key is of Lob's test environment, where nothing is printed. */
  isTest: boolean;
  hasWebhookSecret: boolean;
  returnAddress: string;
};
