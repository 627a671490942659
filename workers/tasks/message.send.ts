import { sendMessage } from '#app/messaging/send-transactional.server.ts';

import type { TaskWork } from '../task.ts';

export const messageSend: TaskWork<'message.send'> = (context, payload, run) => sendMessage(context, payload, run);
