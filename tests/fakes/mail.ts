import type { MailMessage, MailProvider, Outcome } from '#app/messaging/provider.ts';

export type RecordingMail = MailProvider & {
  /** Every card that was handed over, in order. */
  readonly got: MailMessage[];
  /** Cards that were asked back, by the printer's number. */
  readonly asked: string[];
  answer: (message: MailMessage, call: number) => Outcome | Promise<Outcome>;
  back: (providerId: string) => 'canceled' | 'too_late' | Promise<'canceled' | 'too_late'>;
};

/** A printer without a wire. As a real one it knows each card by its key, and takes it once. */
export function recordingMail(): RecordingMail {
  const got: MailMessage[] = [];
  const asked: string[] = [];
  const mail: RecordingMail = {
    name: 'sandbox',
    account: null,
    repeatable: true,
    got,
    asked,
    answer: ({ key }) => ({ kind: 'sent', providerId: `card-${key}`, costCents: 87 }),
    back: () => 'canceled',
    rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
    async send(message) {
      got.push(message);
      return mail.answer(message, got.length);
    },
    async cancel(providerId) {
      asked.push(providerId);
      return mail.back(providerId);
    },
    verify: () => Promise.resolve({ deliverability: 'deliverable', standard: null }),
  };
  return mail;
}
