import { IconCheck, IconInfoCircle } from '@tabler/icons-react';

import classes from './Notice.module.css';

/** What just happened, or what should be known here, in words. @param tone `done` confirms what the person did */
export function Notice({ tone = 'info', children }: { tone?: 'done' | 'info' | 'problem'; children: React.ReactNode }) {
  const Icon = tone === 'done' ? IconCheck : IconInfoCircle;
  return (
    <div className={classes.notice} data-tone={tone} role="status">
      <Icon size={18} aria-hidden />
      <div>{children}</div>
    </div>
  );
}
