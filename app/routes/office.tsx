import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import '#app/ui/office.css';

import type { LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData } from '@remix-run/react';

import { permissions } from '#app/company/permissions.ts';
import { countUnread } from '#app/messaging/conversations.server.ts';
import { OfficeProvider } from '#app/ui/OfficeProvider.tsx';
import { Shell } from '#app/ui/Shell.tsx';
import { requireStaff } from '#app/web/staff.server.ts';

/** The office's shell around its pages. */
export const handle = { scripts: true };

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  return {
    person: { name: staff.person.name, email: staff.person.email },
    role: staff.staff.role,
    permissions: permissions.filter(staff.may),
    company: { id: staff.company.id, name: staff.company.name, timeZone: staff.company.timeZone },
    companies: staff.companies.map(({ id, name }) => ({ id, name })),
    unread: staff.may('messages.reply') ? await staff.tx(countUnread) : 0,
  };
}

export default function Office() {
  const data = useLoaderData<typeof loader>();
  return (
    <OfficeProvider>
      <Shell {...data}>
        <Outlet />
      </Shell>
    </OfficeProvider>
  );
}
