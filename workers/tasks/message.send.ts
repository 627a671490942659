import { sendMessage } from '#app/messaging/send-transactional.server.ts';
import { attachPapers } from '#app/portal/attach-papers.server.ts';

import type { TaskWork } from '../task.ts';

export const messageSend: TaskWork<'message.send'> = (context, payload, run) =>
  sendMessage({ ...context, attach: attachPapers(context) }, payload, run);
