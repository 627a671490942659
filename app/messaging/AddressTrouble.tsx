import { Button } from '@mantine/core';
import { Form, Link, useLocation, useNavigation } from '@remix-run/react';

import { StatusBadge } from '#app/ui/StatusBadge.tsx';

import classes from './AddressTrouble.module.css';
import { addressLine, deliverabilityWords } from './address-words.ts';
import type { AddressRow } from './addresses-to-check.server.ts';

/** What is wrong with an address in words, how the Postal Service writes it, and what can be done about it (B-12). */
export function AddressTrouble({ row, edits }: { row: AddressRow; edits: boolean }) {
  const { deliverability, standard } = row;
  const { label, means, tone } = deliverabilityWords[deliverability];
  const writing = deliverability === 'deliverable';
  const at = `/customers/${row.customerId}/locations/${row.locationId}`;
  return (
    <div className={classes.says}>
      <StatusBadge tone={writing ? 'soon' : tone}>{writing ? 'Written differently' : label}</StatusBadge>
      <p className={classes.quiet}>{means}</p>
      {standard && <p className={classes.standard}>{addressLine(standard)}</p>}
      {edits && (
        <div className={classes.deeds}>
          {standard && <Deed action={`${at}/standard`} verb="Use this address" about={row} />}
          {deliverability !== 'undeliverable' && <Deed action={`${at}/keep`} verb="Keep as it is" about={row} />}
          <Link to={at} aria-label={`Edit the address of ${row.customer}, ${row.line1}`}>
            Edit
          </Link>
        </div>
      )}
    </div>
  );
}

function Deed({ action, verb, about }: { action: string; verb: string; about: AddressRow }) {
  const { pathname, search } = useLocation();
  const busy = useNavigation().formAction === action;
  return (
    <Form method="post" action={action} preventScrollReset>
      <input type="hidden" name="back" value={pathname + search} />
      <Button
        type="submit"
        size="xs"
        variant="default"
        loading={busy}
        aria-label={`${verb}: ${about.customer}, ${about.line1}`}
      >
        {verb}
      </Button>
    </Form>
  );
}
