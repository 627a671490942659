import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';

import { checkCampaign, type CampaignCheck } from '#app/campaigns/checklist.server.ts';
import { contentStep, frameOf } from '#app/campaigns/frame.ts';
import { ensureLinkHost } from '#app/links/host.server.ts';
import { formatPhone } from '#app/ui/format.ts';
import { idParam, notFound, requireStaff, type StaffAccess } from '#app/web/staff.server.ts';
import type { Tx } from '#db/client.ts';

/**
 * What every step of a draft begins with: the person, the campaign with its checklist, and the frame around the page.
 * @param more read in the same transaction, as of one moment: a worker may be writing what two of the page's parts are about
 * @throws 404 for a campaign that is not the company's; a redirect to its results once it is launched
 */
export async function loadDraft<More>(
  args: LoaderFunctionArgs,
  more: (tx: Tx, check: CampaignCheck, staff: StaffAccess) => Promise<More>,
) {
  const staff = await requireStaff(args, 'campaigns.read');
  const id = idParam(args.params.id);
  // Addresses of links show on every page, and what is read as of one moment writes nothing.
  await staff.tx(ensureLinkHost);
  return staff.read(async (tx) => {
    const check = await checkCampaign(tx, id, checkOptions(args));
    if (!check) throw notFound();
    if (check.campaign.status !== 'draft') throw redirect(`/campaigns/${id}`);
    return {
      frame: frameOf({ ...check.campaign, channel: check.reach.channel }, check.items),
      mayEdit: staff.may('campaigns.edit'),
      timeZone: staff.company.timeZone,
      currency: staff.company.currency,
      ...(await more(tx, check, staff)),
    };
  });
}

/** The step in which the campaign's message is written: there is one for each channel. */
export const contentPath = ({ campaign, reach }: CampaignCheck): string =>
  `/campaigns/${campaign.id}/${contentStep[reach.channel].name}`;

/** What the checklist needs of the server. */
export const checkOptions = ({ context }: LoaderFunctionArgs | ActionFunctionArgs) => ({
  addresses: context.addresses,
  ses: context.ses,
  twilio: context.twilio,
  lob: context.lob,
  secret: context.secret,
});

/** The number that a campaign's texts come from, as people read it; the company's name where none is chosen yet. */
export const numberOf = ({ content, sender }: CampaignCheck): string =>
  content.channel === 'sms' && content.number.ok && content.number.number
    ? formatPhone(content.number.number)
    : sender.companyName;
