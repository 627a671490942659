import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react';

import { ConsentOfAddress } from '#app/consent/ConsentOfAddress.tsx';
import { customerConsent } from '#app/consent/history.server.ts';
import { changeConsent } from '#app/consent/record.server.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields, unreadable } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

/** What a customer's addresses are in and out of, and every choice with its proof (B-13). */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  return { addresses: await staff.tx((tx) => customerConsent(tx, idParam(args.params.id))) };
}

/** Writes down that an address or number wants no more messages, agreed to some, or may be written to again. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const customerId = idParam(args.params.id);
  const values = await readFields(args.request, ['what', 'address', 'purpose', 'note']);
  const what = (['stop', 'agree', 'lift'] as const).find((one) => one === values.what);
  const purpose = (['reminders', 'promotions', 'all'] as const).find((one) => one === (values.purpose || 'all'));
  if (!what || !purpose) throw unreadable();
  const { address, note } = values;
  const result = await staff.tx((tx) => changeConsent(tx, staff.actor, { customerId, address, what, purpose, note }));
  if (result.ok) return redirect(`/customers/${customerId}/consent?done=${what}`);
  if ('missing' in result) throw notFound();
  return data({ errors: result.errors, values }, { status: 400 });
}

const DONE: Record<string, string> = {
  stop: 'Written down. Nothing of that kind goes there any more.',
  agree: 'Written down, with how they agreed.',
  lift: 'Written down. Messages may go there again.',
};

export default function CustomerConsent() {
  const { addresses } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const { company, may } = useOffice();
  const [params] = useSearchParams();
  const done = DONE[params.get('done') ?? ''];
  return (
    <div className={classes.stack}>
      {done && !result && <Notice tone="done">{done}</Notice>}
      {addresses.length === 0 && (
        <EmptyState title="Nothing to write to">
          There is nothing to consent to. When the customer has one, what they choose stands here for good.
        </EmptyState>
      )}
      {addresses.map((one, index) => (
        <ConsentOfAddress
          key={one.address}
          consent={one}
          index={index}
          edits={may('customers.edit')}
          refused={result && result.values.address === one.address ? result : null}
          timeZone={company.timeZone}
        />
      ))}
    </div>
  );
}
