import type { EmailTemplate } from './template.ts';

import { finalNotice } from './final-notice.ts';
import { friendlyReminder } from './friendly-reminder.ts';
import { overdueNotice } from './overdue-notice.ts';

export type { EmailTemplate } from './template.ts';

/** The emails to start from, mildest first. */
export const emailTemplates: readonly EmailTemplate[] = [friendlyReminder, overdueNotice, finalNotice];
