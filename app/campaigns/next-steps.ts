import type { Permission } from '#app/company/permissions.ts';
import { formatDollars, formatNoun } from '#app/ui/format.ts';

import type { OfficeState } from './returns.server.ts';

export type NextStep = { key: string; title: string; why: string; verb: string; to: string };

/**
 * What there is to do next, the most useful first: only what the person may do.
 * @param state see `officeState`
 */
export function nextSteps(state: OfficeState, may: (permission: Permission) => boolean): NextStep[] {
  const steps: NextStep[] = [];
  if (!state.portalEnabled && may('settings.edit')) {
    steps.push({
      key: 'portal',
      title: 'Set up the Customer Portal',
      why: 'Reminders lead there to be paid. Without it, no campaign with a portal link can be launched.',
      verb: 'Set up the portal',
      to: '/settings/communications/customer-portal',
    });
  }
  if (!state.postalAddress && may('settings.edit')) {
    steps.push({
      key: 'address',
      title: 'Enter your postal address',
      why: 'The law asks for it at the foot of promotional email (CAN-SPAM).',
      verb: 'Enter the address',
      to: '/settings/company#postalAddress',
    });
  }
  if (state.unremindedInvoices > 0 && may('campaigns.edit')) {
    const one = state.unremindedInvoices === 1;
    steps.push({
      key: 'remind',
      title: `${formatNoun(state.unremindedInvoices, 'invoice')} over 30 days overdue ${one ? 'is' : 'are'} in no campaign`,
      why: `${formatDollars(state.unremindedCents)} is owed on ${one ? 'it' : 'them'}.`,
      verb: 'Create a reminder',
      to: '/campaigns/new',
    });
  }
  for (const campaign of state.sending) {
    steps.push({
      key: `sending-${campaign.id}`,
      title: `“${campaign.name}” is under way`,
      why: 'See how far it is and what came back.',
      verb: 'See the campaign',
      to: `/campaigns/${campaign.id}`,
    });
  }
  if (may('campaigns.edit')) {
    for (const draft of state.drafts) {
      steps.push({
        key: `draft-${draft.id}`,
        title: `“${draft.name}” is still a draft`,
        why: 'Nobody gets it until it is launched.',
        verb: 'Finish the draft',
        to: `/campaigns/${draft.id}`,
      });
    }
    const more = state.draftCount - state.drafts.length;
    if (more > 0) {
      steps.push({
        key: 'drafts',
        title: formatNoun(more, 'more draft'),
        why: 'Older campaigns that were not launched.',
        verb: 'See all drafts',
        to: '/campaigns?status=draft',
      });
    }
  }
  return steps;
}
