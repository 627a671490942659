import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';

import { getCampaign } from '#app/campaigns/campaigns.server.ts';
import { launchChecked } from '#app/campaigns/checklist.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';
import type { Tx } from '#db/client.ts';

import { checkOptions } from './campaigns.draft.server.ts';

/**
 * Launches what the person saw, once they were asked. A second click, or a second person, finds it launched and sees how it
 * goes.
 */
export async function launchAction(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.send');
  const id = idParam(args.params.id);
  const fields = await readFields(args.request, ['stepVersion', 'rulesVersion', 'confirmed']);
  const seen = { stepVersion: Number(fields.stepVersion), rulesVersion: fields.rulesVersion };
  // Clicked before JavaScript could ask: the page asks.
  if (fields.confirmed !== 'yes') return staff.tx((tx) => ask(tx, id));
  const launched = await staff.tx((tx) => launchChecked(tx, staff.actor, id, seen, checkOptions(args)));
  if (launched.ok || launched.reason === 'already') return redirect(`/campaigns/${id}`);
  if (launched.reason === 'missing') throw notFound();
  const error =
    launched.reason === 'changed'
      ? 'A colleague changed the message or the audience after you opened this page. Look it over again, then launch.'
      : 'Something is missing before this can be launched. It stands in the checklist.';
  return data({ error, ask: false }, { status: 409 });
}

async function ask(tx: Tx, id: number) {
  const campaign = await getCampaign(tx, id);
  if (!campaign) throw notFound();
  return campaign.status === 'draft' ? data({ error: null, ask: true }) : redirect(`/campaigns/${id}`);
}
