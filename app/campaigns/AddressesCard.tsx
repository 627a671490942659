import { Anchor, Button, Text } from '@mantine/core';
import { Form, Link, useNavigation } from '@remix-run/react';

import type { Deliverability } from '#app/messaging/postal-address.ts';
import { formatCount, formatNoun } from '#app/ui/format.ts';
import { ProgressBar } from '#app/ui/ProgressBar.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useLive } from '#app/ui/useLive.ts';

import type { AddressCounts } from './audience-addresses.server.ts';
import classes from './ReviewStep.module.css';

const LIVE_MS = 1_500;

const words: Record<Deliverability, string> = {
  deliverable: 'can be delivered to',
  deliverable_unnecessary_unit: 'can be delivered to, though the unit is not needed',
  deliverable_incorrect_unit: 'reach the building, with a unit that is not known there',
  deliverable_missing_unit: 'reach the building, with no unit given',
  undeliverable: 'can’t be delivered to, and are left out',
};

/**
 * Where an audience's cards go, as far as it was looked up (B-12), and the button that looks the rest up.
 * @param checking a worker was asked to a moment ago
 */
export function AddressesCard({
  campaignId,
  addresses,
  checking,
  mayCheck,
}: {
  campaignId: number;
  addresses: AddressCounts;
  checking: boolean;
  mayCheck: boolean;
}) {
  const { checked, unchecked, by } = addresses;
  const action = `/campaigns/${campaignId}/check-addresses`;
  const busy = useNavigation().formAction === action;
  const running = checking && unchecked > 0;
  const wrong = (by.undeliverable ?? 0) + (by.deliverable_incorrect_unit ?? 0) + (by.deliverable_missing_unit ?? 0);
  return (
    <Section title="Addresses">
      {running && <Running done={checked} total={checked + unchecked} />}
      {unchecked > 0 ? (
        <Form method="post" action={action}>
          <Text mb="sm">
            {formatNoun(unchecked, 'address', 'addresses')} {unchecked === 1 ? 'was' : 'were'} not looked up yet. The
            Postal Service’s list says which ones a card can reach.
          </Text>
          {mayCheck && (
            <Button type="submit" variant="default" loading={busy}>
              {running ? 'Ask again' : `Check ${formatNoun(unchecked, 'address', 'addresses')}`}
            </Button>
          )}
        </Form>
      ) : (
        <Text>
          {checked === 0
            ? 'Nobody to write to yet.'
            : `All ${formatNoun(checked, 'address', 'addresses')} were looked up.`}
        </Text>
      )}
      {checked > 0 && (
        <ul className={classes.list}>
          {(Object.keys(words) as Deliverability[]).map((code) =>
            by[code] ? (
              <li key={code} className="figures">
                {formatCount(by[code])} {words[code]}
              </li>
            ) : null,
          )}
        </ul>
      )}
      {wrong > 0 && (
        <Text size="sm" mt="sm">
          <Anchor component={Link} to="/addresses" inherit underline="always">
            Addresses to check
          </Anchor>{' '}
          shows each, with the form that the Postal Service proposes.
        </Text>
      )}
    </Section>
  );
}

/** The numbers come in while a worker looks them up. */
function Running({ done, total }: { done: number; total: number }) {
  useLive(LIVE_MS);
  return (
    <div className={classes.running}>
      <ProgressBar done={done} total={total} verb="looked up" />
    </div>
  );
}
