/** What a printer takes, and what the post takes after that, in business days (Lob's documentation, first class). */
const PRINT_DAYS = 2;
const POST_DAYS = [5, 7] as const;

export type MailTimes = {
  /** Calendar dates, `YYYY-MM-DD`: given to the post, and with customers from then to then. */
  mailedOn: string;
  arrivesFrom: string;
  arrivesTo: string;
};

/**
 * When cards that are handed over on a day are in the post and with customers. Business days are Monday to Friday; holidays make
 * it later.
 * @param today `YYYY-MM-DD`
 */
export function mailTimes(today: string): MailTimes {
  const mailedOn = businessDaysAfter(today, PRINT_DAYS);
  return {
    mailedOn,
    arrivesFrom: businessDaysAfter(mailedOn, POST_DAYS[0]),
    arrivesTo: businessDaysAfter(mailedOn, POST_DAYS[1]),
  };
}

/** So many business days after a calendar date. */
function businessDaysAfter(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  for (let left = count; left > 0;) {
    date.setUTCDate(date.getUTCDate() + 1);
    if (date.getUTCDay() !== 0 && date.getUTCDay() !== 6) left--;
  }
  return date.toISOString().slice(0, 10);
}
