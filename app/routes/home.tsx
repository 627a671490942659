import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';

import { PageHeader } from '#app/ui/PageHeader.tsx';
import { requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Home · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  await requireStaff(args, 'campaigns.read');
  return null;
}

export default function Home() {
  return <PageHeader title="Home" />;
}
