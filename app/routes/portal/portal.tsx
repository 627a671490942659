import '#app/portal/portal.css';

import type { HeadersFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { isRouteErrorResponse, Outlet, useLoaderData, useRouteError, useRouteLoaderData } from '@remix-run/react';

import { readPortal } from '#app/portal/brand.server.ts';
import { frameBrand } from '#app/portal/frame.ts';
import { Contact, PortalFrame } from '#app/portal/PortalFrame.tsx';
import { readVisitor } from '#app/portal/sessions.server.ts';
import { words } from '#app/portal/words.en.ts';
import { portalToken } from '#app/web/portal.server.ts';
import { withCompany } from '#db/client.ts';

/** The title of what goes wrong; each page has its own. */
export const meta: MetaFunction<typeof loader> = ({ data, error }) => [
  { title: error ? explain(error, '').title : (data?.brand.name ?? '') },
];

/** What stands on these pages is one customer's: no cache keeps it, and after signing out the back button shows none of it. */
export const headers: HeadersFunction = () => ({ 'cache-control': 'private, no-store' });

/** The company's page around every page of its portal. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  if (context.hostCompanyId === null) throw new Response('', { status: 404 });
  const token = portalToken(request);
  return withCompany(context.db, context.hostCompanyId, async (tx) => ({
    brand: frameBrand(await readPortal(tx)),
    signedIn: token !== null && (await readVisitor(tx, token)) !== null,
  }));
}

export default function PortalLayout() {
  return (
    <PortalFrame {...useLoaderData<typeof loader>()}>
      <Outlet />
    </PortalFrame>
  );
}

export function ErrorBoundary() {
  const error = useRouteError();
  const data = useRouteLoaderData<typeof loader>('routes/portal/portal');
  const brand = data?.brand ?? { name: '', phone: '', email: '', color: '#1e6b52', logo: null };
  const { title, text, closed } = explain(error, brand.name);
  return (
    <PortalFrame brand={brand} signedIn={!closed && data?.signedIn}>
      <div className="cp-stack cp-narrow">
        <h1>{title}</h1>
        <p>{text}</p>
        {closed ? (
          <p className="cp-tight">
            <Contact brand={brand} />
          </p>
        ) : (
          <p>
            <a className="cp-plain" href="/">
              {words.backToInvoices}
            </a>
          </p>
        )}
      </div>
    </PortalFrame>
  );
}

/** What happened and what to do, in words. */
function explain(error: unknown, company: string) {
  if (!isRouteErrorResponse(error)) return { title: words.failedTitle, text: words.failedText, closed: false };
  if (error.data === 'portal closed')
    return { title: words.closedTitle, text: words.closedText(company), closed: true };
  if (error.status === 404) return { title: words.missingTitle, text: words.missingText, closed: false };
  if (error.status < 500 && typeof error.data === 'string') {
    return { title: words.refusedTitle, text: error.data, closed: false };
  }
  return { title: words.failedTitle, text: words.failedText, closed: false };
}
