import { Anchor, Group, Popover, Text } from '@mantine/core';

import { Figure } from '#app/ui/Figure.tsx';
import { formatCount, formatDollars, formatMoney, formatNoun } from '#app/ui/format.ts';

import type { CampaignCost } from './cost.server.ts';
import classes from './Results.module.css';
import type { CampaignResults } from './results.server.ts';

/** How the cost comes about. */
const costWords = {
  ses: 'Amazon SES’s list price of $0.10 for a thousand emails.',
  twilio: 'Twilio’s list price for each part of a text, with what carriers add on average.',
  lob: 'what Lob takes for print and postage, by its list where it did not tell.',
  sandbox: 'nothing. The sandbox sends nothing outside.',
} as const;

/** Dollars collected: the largest figure on the page, what it is made of, and what it cost. */
export function Money({ results, cost, currency }: { results: CampaignResults; cost: CampaignCost; currency: string }) {
  const { directCents, influencedCents } = results;
  return (
    <Group align="flex-end" gap="16px 32px">
      <div>
        <Text className={`figures ${classes.dollars}`}>{formatDollars(directCents + influencedCents, currency)}</Text>
        <Text c="dimmed">
          {results.invoicesWithPayment === 0
            ? 'collected so far'
            : `collected from ${formatNoun(results.invoicesWithPayment, 'invoice')}, ${paidInFull(results)}`}
        </Text>
      </div>
      <Figure label="Direct" value={formatDollars(directCents, currency)} />
      <Figure label="Influenced" value={formatDollars(influencedCents, currency)} />
      <Figure label="Cost" value={formatMoney(cost.cents, currency)} />
      <Popover width={340} position="bottom-end" withArrow shadow="md">
        <Popover.Target>
          <Anchor component="button" type="button" size="sm" className={classes.how}>
            See how
          </Anchor>
        </Popover.Target>
        <Popover.Dropdown>
          <Text size="sm">
            <strong>Direct</strong>: the customer clicked a link of this campaign, then paid within 30 days.
          </Text>
          <Text size="sm" mt="xs">
            <strong>Influenced</strong>: the message reached them, and they paid within 30 days without a click.
          </Text>
          <Text size="sm" mt="xs">
            Each payment counts once, for the last campaign that reached the customer.
          </Text>
          <Text size="sm" mt="xs">
            <strong>Cost</strong>: {costWords[cost.provider ?? 'sandbox']}
          </Text>
        </Popover.Dropdown>
      </Popover>
    </Group>
  );
}

/** How many of the invoices with a payment are settled, without "1 of them" where there is one. */
function paidInFull({ invoicesPaid, invoicesWithPayment }: CampaignResults): string {
  if (invoicesPaid >= invoicesWithPayment) return invoicesPaid > 1 ? 'all paid in full' : 'paid in full';
  if (invoicesPaid === 0) return invoicesWithPayment > 1 ? 'none of them in full yet' : 'not in full yet';
  return `${formatCount(invoicesPaid)} of them paid in full`;
}
