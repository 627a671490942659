import '#app/portal/portal.css';

import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Outlet, useLoaderData, useRouteLoaderData } from '@remix-run/react';

import { words } from '#app/consent/words.en.ts';
import { readPortal } from '#app/portal/brand.server.ts';
import { frameBrand } from '#app/portal/frame.ts';
import { Contact, PortalFrame } from '#app/portal/PortalFrame.tsx';
import { withCompany } from '#db/client.ts';

export const meta: MetaFunction<typeof loader> = ({ data, error }) => [
  { title: error ? words.endedTitle : `${words.title} · ${data?.brand.name ?? ''}` },
  { name: 'robots', content: 'noindex' },
];

/** The company's page around what its link host shows. No script runs here. */
export async function loader({ context }: LoaderFunctionArgs) {
  if (context.hostCompanyId === null) throw new Response('', { status: 404 });
  return { brand: frameBrand(await withCompany(context.db, context.hostCompanyId, readPortal)) };
}

export default function Go() {
  return (
    <PortalFrame {...useLoaderData<typeof loader>()} home={null}>
      <Outlet />
    </PortalFrame>
  );
}

/** A link that leads nowhere (any more): the company's contact, not an error. */
export function ErrorBoundary() {
  const data = useRouteLoaderData<typeof loader>('routes/go/go');
  const brand = data?.brand ?? { name: '', phone: '', email: '', color: '#1e6b52', logo: null };
  return (
    <PortalFrame brand={brand} home={null}>
      <div className="cp-stack cp-narrow">
        <h1>{words.endedTitle}</h1>
        <p>{words.endedText(brand.name)}</p>
        <p className="cp-tight">
          <Contact brand={brand} />
        </p>
      </div>
    </PortalFrame>
  );
}
