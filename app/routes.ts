import { index, layout, prefix, route, type RouteConfig } from '@remix-run/route-config';

/** The site map: every address on one page. */
export default [
  // The office, at APP_ORIGIN.
  route('sign-in', 'routes/sign-in.tsx'),
  route('sign-out', 'routes/sign-out.tsx'),
  layout('routes/office.tsx', [
    layout('routes/office-page.tsx', [
      index('routes/home.tsx'),

      // Campaigns

      // Customers and invoices

      // Imports

      // Outbox

      // Settings

      route('*', 'routes/not-found.tsx'),
    ]),
  ]),

  // A customer's portal, at <host>.PORTAL_DOMAIN, seen there without the prefix.
  ...prefix('portal', []),

  // A company's link host, at <subdomain>.LINK_DOMAIN, seen there without the prefix.
  ...prefix('go', []),
] satisfies RouteConfig;
