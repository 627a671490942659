import { formatDate, formatDay } from '#app/ui/format.ts';

type Moments = { receivedOn: string | null; settledAt: Date | string | null; createdAt: Date | string };

/** The day on which money came, written out: received by the office, else arrived; while it has not, begun. */
export const paymentDay = ({ receivedOn, settledAt, createdAt }: Moments, timeZone: string): string =>
  receivedOn ? formatDate(receivedOn) : formatDay(settledAt ?? createdAt, timeZone);
