import type { Channel } from '#db/schema/columns.ts';

type ChannelWords = {
  label: string;
  noun: string;
  one: string;
  /** Who carries it when it is not the sandbox. */
  provider: string;
  inSandbox: string;
  /** What its first line is called. */
  line: string;
};

/** What a channel's messages are called, on every page of a campaign. */
export const channelWords: Record<Channel, ChannelWords> = {
  email: {
    label: 'Email',
    noun: 'email',
    one: 'an email',
    provider: 'Amazon SES',
    inSandbox: 'Email is in the sandbox: it lands in the Outbox and reaches nobody.',
    line: 'Subject',
  },
  sms: {
    label: 'Text',
    noun: 'text',
    one: 'a text',
    provider: 'Twilio',
    inSandbox: 'Texts are in the sandbox: they land in the Outbox and reach nobody.',
    line: 'Text',
  },
  mail: {
    label: 'Postcard',
    noun: 'postcard',
    one: 'a postcard',
    provider: 'Lob',
    inSandbox: 'Postcards are in the sandbox: they land in the Outbox and nothing is printed.',
    line: 'Headline',
  },
};
