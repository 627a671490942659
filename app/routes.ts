import { index, layout, prefix, route, type RouteConfig } from '@remix-run/route-config';

/** The site map: every address on one page. */
export default [
  // The office, at APP_ORIGIN.
  route('sign-in', 'routes/sign-in.tsx'),
  route('sign-out', 'routes/sign-out.tsx'),
  route('join/:token', 'routes/join.$token.tsx'),
  layout('routes/office.tsx', [
    layout('routes/office-page.tsx', [
      index('routes/home.tsx'),

      // Campaigns
      route('campaigns', 'routes/campaigns.tsx'),
      route('campaigns/new', 'routes/campaigns.new.tsx'),
      route('campaigns/images', 'routes/campaigns.images.tsx'),
      route('campaigns/print-pictures', 'routes/campaigns.print-pictures.tsx'),
      route('campaigns/:id', 'routes/campaigns.$id.tsx'),
      route('campaigns/:id/audience', 'routes/campaigns.$id.audience.tsx'),
      route('campaigns/:id/people', 'routes/campaigns.$id.people.tsx'),
      route('campaigns/:id/email', 'routes/campaigns.$id.email.tsx'),
      route('campaigns/:id/text', 'routes/campaigns.$id.text.tsx'),
      route('campaigns/:id/postcard', 'routes/campaigns.$id.postcard.tsx'),
      route('campaigns/:id/proof', 'routes/campaigns.$id.proof.tsx'),
      route('campaigns/:id/check-addresses', 'routes/campaigns.$id.check-addresses.tsx'),
      route('campaigns/:id/preview', 'routes/campaigns.$id.preview.tsx'),
      route('campaigns/:id/test', 'routes/campaigns.$id.send-test.tsx'),
      route('campaigns/:id/review', 'routes/campaigns.$id.review.tsx'),
      route('campaigns/:id/messages', 'routes/campaigns.$id.messages.tsx'),
      route('campaigns/:id/customers/:customerId', 'routes/campaigns.$id.customers.$customerId.tsx'),
      route('campaigns/:id/sent', 'routes/campaigns.$id.sent.tsx'),
      route('campaigns/:id/save', 'routes/campaigns.$id.save.tsx'),
      route('campaigns/:id/rename', 'routes/campaigns.$id.rename.tsx'),
      route('campaigns/:id/duplicate', 'routes/campaigns.$id.duplicate.tsx'),
      route('campaigns/:id/archive', 'routes/campaigns.$id.archive.tsx'),
      route('campaigns/:id/delete', 'routes/campaigns.$id.delete.tsx'),
      route('campaigns/:id/pause', 'routes/campaigns.$id.pause.tsx'),
      route('campaigns/:id/resume', 'routes/campaigns.$id.resume.tsx'),
      route('campaigns/:id/try-now', 'routes/campaigns.$id.try-now.tsx'),
      route('campaigns/:id/cancel', 'routes/campaigns.$id.cancel.tsx'),

      // Customers and invoices
      route('customers', 'routes/customers.tsx'),
      route('customers/new', 'routes/customers.new.tsx'),
      route('customers/:id', 'routes/customers.$id.tsx', [
        index('routes/customers.$id.overview.tsx'),
        route('jobs', 'routes/customers.$id.jobs.tsx'),
        route('invoices', 'routes/customers.$id.invoices.tsx'),
        route('billing', 'routes/customers.$id.billing.tsx'),
        route('messages', 'routes/customers.$id.messages.tsx'),
        route('texts', 'routes/customers.$id.texts.tsx'),
        route('consent', 'routes/customers.$id.consent.tsx'),
      ]),
      route('customers/:id/edit', 'routes/customers.$id.edit.tsx'),
      route('customers/:id/payment-link', 'routes/customers.$id.payment-link.tsx'),
      route('customers/:id/record-payment', 'routes/customers.$id.record-payment.tsx'),
      route('customers/:id/credit', 'routes/customers.$id.credit.tsx'),
      route('customers/:id/do-not-contact', 'routes/customers.$id.do-not-contact.tsx'),
      route('customers/:id/contacts/:contactId', 'routes/customers.$id.contacts.$contactId.tsx'),
      route('customers/:id/contacts/:contactId/delete', 'routes/customers.$id.contacts.$contactId.delete.tsx'),
      route('customers/:id/contacts/:contactId/invite', 'routes/customers.$id.contacts.$contactId.invite.tsx'),
      route('customers/:id/locations/:locationId', 'routes/customers.$id.locations.$locationId.tsx'),
      route('customers/:id/locations/:locationId/delete', 'routes/customers.$id.locations.$locationId.delete.tsx'),
      route('customers/:id/locations/:locationId/check', 'routes/customers.$id.locations.$locationId.check.tsx'),
      route('customers/:id/locations/:locationId/standard', 'routes/customers.$id.locations.$locationId.standard.tsx'),
      route('customers/:id/locations/:locationId/keep', 'routes/customers.$id.locations.$locationId.keep.tsx'),
      route('addresses', 'routes/addresses.tsx'),
      route('invoices', 'routes/invoices.tsx'),
      route('invoices/:id', 'routes/invoices.$id.tsx'),
      route('invoices/:id/record-payment', 'routes/invoices.$id.record-payment.tsx'),
      route('invoices/:id/credit', 'routes/invoices.$id.credit.tsx'),
      route('invoices/:id/write-off', 'routes/invoices.$id.write-off.tsx'),
      route('invoices/:id/void', 'routes/invoices.$id.void.tsx'),
      route('payments', 'routes/payments.tsx'),
      route('payments/export', 'routes/payments.export.tsx'),
      route('payments/:id', 'routes/payments.$id.tsx'),
      route('payments/:id/undo', 'routes/payments.$id.undo.tsx'),
      route('search', 'routes/search.tsx'),

      // Imports
      route('imports', 'routes/imports.tsx'),
      route('imports/upload', 'routes/imports.upload.tsx'),
      route('imports/:id', 'routes/imports.$id.tsx'),
      route('imports/:id/start', 'routes/imports.$id.start.tsx'),
      route('imports/:id/cancel', 'routes/imports.$id.cancel.tsx'),
      route('imports/:id/reopen', 'routes/imports.$id.reopen.tsx'),
      route('imports/:id/left-out', 'routes/imports.$id.left-out.tsx'),

      // Messages, Inbox and Outbox
      route('messages/:id', 'routes/messages.$id.tsx'),
      route('inbox', 'routes/inbox.tsx'),
      route('inbox/:number', 'routes/inbox.$number.tsx'),
      route('outbox', 'routes/outbox.tsx'),
      route('outbox/texts', 'routes/outbox.texts.tsx'),
      route('outbox/texts/:id', 'routes/outbox.texts.$id.tsx'),
      route('outbox/postcards', 'routes/outbox.postcards.tsx'),
      route('outbox/postcards/:id', 'routes/outbox.postcards.$id.tsx'),
      route('outbox/postcards/:id/pdf', 'routes/outbox.postcards.$id.pdf.tsx'),
      route('outbox/:id/html', 'routes/outbox.$id.html.tsx'),
      route('outbox/:id/:view?', 'routes/outbox.$id.tsx'),

      // Settings
      route('sign-in/company', 'routes/sign-in.company.tsx'),
      route('settings', 'routes/settings.tsx', [
        index('routes/settings.index.tsx'),
        route('company', 'routes/settings.company.tsx'),
        route('people', 'routes/settings.people.tsx'),
        route('people/:id/invite', 'routes/settings.people.$id.invite.tsx'),
        route('people/:id/role', 'routes/settings.people.$id.role.tsx'),
        route('people/:id/remove', 'routes/settings.people.$id.remove.tsx'),
        route('audit-log', 'routes/settings.audit-log.tsx'),
        route('sending', 'routes/settings.sending.tsx'),
        route('sending/try-now', 'routes/settings.sending.try-now.tsx'),
        route('sending/jobs/:id/run', 'routes/settings.sending.jobs.$id.run.tsx'),
        route('texts', 'routes/settings.texts.tsx'),
        route('postcards', 'routes/settings.postcards.tsx'),
        route('sending-rules', 'routes/settings.sending-rules.tsx'),
        route('invoicing/payment-account', 'routes/settings.invoicing.payment-account.tsx'),
        route('marketing/subdomain', 'routes/settings.marketing.subdomain.tsx'),
        route('communications/customer-portal', 'routes/settings.customer-portal.tsx'),
        route('communications/customer-portal/agreement', 'routes/settings.customer-portal.agreement.tsx'),
      ]),

      route('*', 'routes/not-found.tsx'),
    ]),
  ]),

  // Pictures, on every host.
  route('images/:token', 'routes/images.$token.tsx'),

  // A customer's portal, at <host>.PORTAL_DOMAIN, seen there without the prefix.
  ...prefix('portal', [
    // Payment pages, without signing in.
    route('pay/:token', 'routes/portal/pay.$token.tsx'),
    route('pay/:token/done/:payment', 'routes/portal/pay.$token.done.$payment.tsx'),
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
  ...prefix('go', [
    layout('routes/go/go.tsx', [route('u/:token', 'routes/go/unsubscribe.tsx'), route('*', 'routes/go/ended.tsx')]),
  ]),
] satisfies RouteConfig;
