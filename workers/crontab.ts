import type { CronItem } from 'graphile-worker';

/** The whole schedule. Times are UTC; what was missed while nothing ran is caught up by the next run. */
export const crontab: CronItem[] = [
  { task: 'sweep.ranges', match: '* * * * *', options: { maxAttempts: 1, jobKey: 'sweep.ranges' } },
  { task: 'sweep.payments', match: '* * * * *', options: { maxAttempts: 1, jobKey: 'sweep.payments' } },
  { task: 'sweep.sessions', match: '17 9 * * *', options: { maxAttempts: 1, jobKey: 'sweep.sessions' } },
];
