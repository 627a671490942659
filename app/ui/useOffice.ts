import { useRouteLoaderData } from '@remix-run/react';

import type { Permission } from '#app/company/permissions.ts';
import type { loader } from '#app/routes/office.tsx';

/** What the shell knows about the person: for showing or hiding, never for guarding. The server checks again. */
export function useOffice() {
  const office = useRouteLoaderData<typeof loader>('routes/office');
  if (!office) throw new Error('useOffice stands outside the office layout');
  return { ...office, may: (permission: Permission) => office.permissions.includes(permission) };
}
