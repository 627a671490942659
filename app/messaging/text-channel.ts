/** What the form of the provider of texts sends, as typed. */
export type TextChannelForm = {
  provider: string;
  accountSid: string;
  /** Empty keeps the one that is stored. */
  authToken: string;
  messagingServiceSid: string;
  number: string;
  perSecond: string;
  registration: string;
  /** A calendar date. */
  registeredOn: string;
};

/** Every field of the form, for reading it from a request. */
export const textChannelFields = [
  'provider',
  'accountSid',
  'authToken',
  'messagingServiceSid',
  'number',
  'perSecond',
  'registration',
  'registeredOn',
] as const satisfies readonly (keyof TextChannelForm)[];

export type TextChannelErrors = Partial<Record<keyof TextChannelForm, string>>;

/** How far carriers know the business (S1-08). */
export const registrations = [
  { value: 'none', label: 'Not registered' },
  { value: 'pending', label: 'Applied for' },
  { value: 'approved', label: 'Approved' },
] as const;

export type Registration = (typeof registrations)[number]['value'];

/** Texts a second, at most: what a short code may. */
export const MOST_PER_SECOND = 100;

export type TextChannel = {
  /** Null while the company has chosen nothing: then keys in the environment decide. */
  provider: 'sandbox' | 'twilio' | null;
  accountSid: string;
  hasSecret: boolean;
  messagingServiceSid: string;
  number: string;
  perSecond: string;
  registration: Registration;
  registeredOn: string;
};
