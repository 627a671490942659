import { Link, useActionData, useParams } from '@remix-run/react';

import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';

/** In place of a page whose button could not do what it says with a location's address: why, and where to go on. */
export function AddressRefused() {
  const error = useActionData<{ error: string }>()?.error;
  const { id, locationId } = useParams();
  return (
    <>
      <PageHeader title="Nothing was changed" back={{ to: '/addresses', label: 'Addresses to check' }} />
      {error && <Notice tone="problem">{error}</Notice>}
      <Link to={`/customers/${id}/locations/${locationId}`}>Edit the location</Link> or go to{' '}
      <Link to={`/customers/${id}`}>the customer’s record</Link>.
    </>
  );
}
