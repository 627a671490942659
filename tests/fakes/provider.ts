import type { EmailMessage, EmailProvider, Outcome } from '#app/messaging/provider.ts';

export type RecordingProvider = EmailProvider & {
  /** Every message that was handed over, in order. */
  readonly got: EmailMessage[];
  /** What the next calls answer; by default everything is sent. May throw as a real adapter does. */
  answer: (message: EmailMessage, call: number) => Outcome | Promise<Outcome>;
};

/** The port without a wire: keeps what it was handed, and answers as it is told. */
export function recordingProvider(answer?: RecordingProvider['answer']): RecordingProvider {
  const got: EmailMessage[] = [];
  const provider: RecordingProvider = {
    name: 'sandbox',
    account: null,
    got,
    answer: answer ?? ((message) => ({ kind: 'sent', providerId: `fake-${message.messageId}` })),
    rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
    async send(message) {
      got.push(message);
      return provider.answer(message, got.length);
    },
  };
  return provider;
}
