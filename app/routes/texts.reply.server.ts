import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';

import { numbersOf, whoseNumber } from '#app/messaging/conversations.server.ts';
import { replyByText } from '#app/messaging/reply.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

/** Writes back by text from wherever a conversation is shown. @param back where that is @param customer on whose record, if on one */
export async function replyAction(
  args: ActionFunctionArgs,
  back: (number: string) => string,
  customer: number | null = null,
) {
  const staff = await requireStaff(args, 'messages.reply');
  const { number, body } = await readFields(args.request, ['number', 'body']);
  const replied = await staff.tx(async (tx) => {
    const owns = customer !== null && (await numbersOf(tx, customer)).includes(number);
    const customerId = owns ? customer : ((await whoseNumber(tx, number))?.customerId ?? null);
    return replyByText(tx, staff.actor, { number, customerId, body }, args.context);
  });
  if (replied.ok) return redirect(back(number));
  return data({ error: replied.error, body }, { status: 400 });
}
