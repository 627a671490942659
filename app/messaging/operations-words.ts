/** What a job does, as people read it; one of other code keeps its name. */
export function jobWords(task: string): string {
  return Object.hasOwn(jobs, task) ? jobs[task]! : task;
}

const jobs: Record<string, string> = {
  'campaign.expand': 'Make a campaign’s messages',
  'campaign.send_range': 'Send a campaign’s messages',
  'message.send': 'Send a single message',
  'import.check': 'Check a file to import',
  'import.run': 'Import a file',
  'payment.attribute': 'Credit a payment to a campaign',
  'invoice.settled': 'End reminders of a settled invoice',
  'texts.stop': 'Pause texts that carriers refuse',
  'sandbox.deliver': 'Deliver sandbox mail',
  'sandbox.post': 'Post sandbox postcards',
  'sweep.sessions': 'Remove expired sessions',
  'sweep.payments': 'Settle payments left open',
  'sweep.ranges': 'Find sending that was cut off',
};

/** What kind of refusal it was. */
export function problemWords(kind: string): string {
  return Object.hasOwn(problems, kind) ? problems[kind]! : kind;
}

const problems: Record<string, string> = {
  throttled: 'Too fast.',
  quota: 'Daily quota.',
  unavailable: 'Not available.',
  no_answer: 'No answer.',
  blocked: 'Somebody must act.',
  rejected: 'Refused.',
  breaker: 'Stopped.',
};

/** `40 seconds`, `12 minutes`, `3 hours`, `2 days`: since an instant. */
export function ageWords(since: string, now: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(since)) / 1000));
  const [size, unit] =
    seconds < 100
      ? ([1, 'second'] as const)
      : seconds < 100 * 60
        ? ([60, 'minute'] as const)
        : seconds < 48 * 3600
          ? ([3600, 'hour'] as const)
          : ([86_400, 'day'] as const);
  const n = Math.round(seconds / size);
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}
