import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';

import { whoseNumber } from '#app/messaging/conversations.server.ts';
import { replyByText } from '#app/messaging/reply.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

/** Writes back by text from wherever a conversation is shown. @param back where it is shown */
export async function replyAction(args: ActionFunctionArgs, back: (number: string) => string) {
  const staff = await requireStaff(args, 'messages.reply');
  const { number, body } = await readFields(args.request, ['number', 'body']);
  const replied = await staff.tx(async (tx) => {
    const who = await whoseNumber(tx, number);
    return replyByText(tx, staff.actor, { number, customerId: who?.customerId ?? null, body }, args.context);
  });
  if (replied.ok) return redirect(back(number));
  return data({ error: replied.error, body }, { status: 400 });
}
