import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { checkCampaign } from '#app/campaigns/checklist.server.ts';
import { sendTestEmail, sendTestText } from '#app/campaigns/preview.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import { checkOptions } from './campaigns.draft.server.ts';

export const loader = ({ params }: ActionFunctionArgs) => redirect(`/campaigns/${idParam(params.id)}/preview`);

/** Sends the message as one recipient would get it to the person who asks: an email to their own address, a text to their phone. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'messages.test');
  const id = idParam(args.params.id);
  const { invoice, to } = await readFields(args.request, ['invoice', 'to']);
  const invoiceId = invoice === '' ? null : idParam(invoice);
  const sent = await staff.tx(async (tx) => {
    const check = await checkCampaign(tx, id, checkOptions(args));
    if (!check) throw notFound();
    return check.content.channel === 'sms'
      ? sendTestText(tx, staff.actor, check, { invoiceId, to })
      : sendTestEmail(tx, staff.actor, check, { invoiceId, to: staff.person.email });
  });
  const query = new URLSearchParams({
    ...(invoiceId && { invoice: String(invoiceId) }),
    ...(to && { to: to.slice(0, 40) }),
    ...(sent.ok && { tested: '1' }),
    ...(!sent.ok && (sent.reason === 'number' || sent.reason === 'not_ready') && { problem: sent.reason }),
    ...(!sent.ok && sent.reason === 'too_many' && { wait: String(sent.minutes) }),
  });
  return redirect(`/campaigns/${id}/preview?${query.toString()}`);
}
