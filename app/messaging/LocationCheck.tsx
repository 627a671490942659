import { Button } from '@mantine/core';
import { Form, Link, useNavigation } from '@remix-run/react';

import { formatDay } from '#app/ui/format.ts';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useOffice } from '#app/ui/useOffice.ts';

import type { KnownCheck } from './address-checks.server.ts';
import { deliverabilityWords } from './address-words.ts';
import classes from './AddressTrouble.module.css';

/** Whether mail reaches a location, as far as its address was looked up, and the button that looks it up (B-12). */
export function LocationCheck({
  customerId,
  place,
  edits,
}: {
  customerId: number;
  place: { id: number; line1: string; key: string; check: KnownCheck | null };
  edits: boolean;
}) {
  const { company } = useOffice();
  const action = `/customers/${customerId}/locations/${place.id}/check`;
  const busy = useNavigation().formAction === action;
  const { check } = place;
  if (place.key === '') return null;
  const verb = check ? 'Check again' : 'Check address';
  const { label, tone } = deliverabilityWords[check?.deliverability ?? 'deliverable'];
  return (
    <div className={classes.deeds}>
      {check && (
        <span className={classes.quiet}>
          {check.deliverability === 'deliverable' ? (
            `Checked: deliverable`
          ) : (
            <StatusBadge tone={tone}>{label}</StatusBadge>
          )}
          {` · ${formatDay(check.at, company.timeZone)}`}
        </span>
      )}
      {check?.standard && <Link to={`/addresses?q=${encodeURIComponent(place.line1)}`}>Written differently</Link>}
      {edits && (
        <Form method="post" action={action} preventScrollReset>
          <Button
            type="submit"
            size="compact-xs"
            variant="default"
            loading={busy}
            aria-label={`${verb}: ${place.line1}`}
          >
            {verb}
          </Button>
        </Form>
      )}
    </div>
  );
}
