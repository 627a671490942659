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
      route('settings/communications/customer-portal', 'routes/settings.customer-portal.tsx'),
      route('settings/communications/customer-portal/agreement', 'routes/settings.customer-portal.agreement.tsx'),

      route('*', 'routes/not-found.tsx'),
    ]),
  ]),

  // Pictures, on every host.
  route('images/:token', 'routes/images.$token.tsx'),

  // A customer's portal, at <host>.PORTAL_DOMAIN, seen there without the prefix.
  ...prefix('portal', [
    layout('routes/portal/portal.tsx', [
      index('routes/portal/home.tsx'),
      route('login', 'routes/portal/login.tsx'),
      route('logout', 'routes/portal/logout.tsx'),
      route('invitation', 'routes/portal/invitation.tsx'),
      route('forgot-password', 'routes/portal/invitation.tsx', { id: 'routes/portal/forgot-password' }),
      route('confirm/:token', 'routes/portal/confirm.$token.tsx'),
      route('invoices/:id', 'routes/portal/invoices.$id.tsx'),
      route('pay', 'routes/portal/pay.tsx'),
      route('receipts/:id', 'routes/portal/receipts.$id.tsx'),
      route('*', 'routes/portal/not-found.tsx'),
    ]),
  ]),

  // A company's link host, at <subdomain>.LINK_DOMAIN, seen there without the prefix.
  ...prefix('go', []),
] satisfies RouteConfig;
