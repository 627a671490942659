import '#app/portal/portal.css';

import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { isRouteErrorResponse, Outlet, useLoaderData, useRouteError, useRouteLoaderData } from '@remix-run/react';

import { words } from '#app/consent/words.en.ts';
import { portalOrigin } from '#app/messaging/addresses.ts';
import { readPortal } from '#app/portal/brand.server.ts';
import { frameBrand } from '#app/portal/frame.ts';
import { Contact, PortalFrame } from '#app/portal/PortalFrame.tsx';
import { withCompany } from '#db/client.ts';

export const meta: MetaFunction<typeof loader> = ({ data, error }) => [
  { title: error ? endedWords(error).title : `${words.tab} · ${data?.brand.name ?? ''}` },
  { name: 'robots', content: 'noindex' },
];

/** The company's page around what its link host shows. No script runs here. */
export async function loader({ context }: LoaderFunctionArgs) {
  if (context.hostCompanyId === null) throw new Response('', { status: 404 });
  const portal = await withCompany(context.db, context.hostCompanyId, readPortal);
  return {
    brand: frameBrand(portal),
    portal: portal.enabled && portal.host ? `${portalOrigin(context.addresses, portal.host)}/` : null,
  };
}

export default function Go() {
  return (
    <PortalFrame brand={useLoaderData<typeof loader>().brand} home={null}>
      <Outlet />
    </PortalFrame>
  );
}

/** A link that leads nowhere (any more): what to do instead, not an error. */
export function ErrorBoundary() {
  const data = useRouteLoaderData<typeof loader>('routes/go/go');
  const brand = data?.brand ?? { name: '', phone: '', email: '', color: '#1e6b52', logo: null };
  const { title, text } = endedWords(useRouteError());
  return (
    <PortalFrame brand={brand} home={null}>
      <div className="cp-stack cp-narrow">
        <h1>{title}</h1>
        <p>{text(brand.name)}</p>
        {data?.portal && (
          <p>
            <a className="cp-button" href={data.portal}>
              {words.endedPortal}
            </a>
          </p>
        )}
        {(brand.phone || brand.email) && <p>{words.endedContact(Boolean(brand.phone))}</p>}
        <p className="cp-tight">
          <Contact brand={brand} />
        </p>
      </div>
    </PortalFrame>
  );
}

/** A link whose time is over, and one that was never here or leads nowhere now. */
const endedWords = (error: unknown) =>
  isRouteErrorResponse(error) && error.status === 410
    ? { title: words.endedTitle, text: words.endedText }
    : { title: words.noLinkTitle, text: words.noLinkText };
