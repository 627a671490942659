import type { LoaderFunctionArgs } from '@remix-run/node';

import { readOutboxEmail } from '#app/messaging/outbox.server.ts';
import { withoutOpenPixel } from '#app/messaging/sender.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

/** No script, no form, no frame: an email may hold anything. Links still lead out, into tabs of their own. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src http: https: data:',
  'font-src https: data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

/** The HTML part of an email alone, for the frame of the Outbox. A look from here is not the customer's: it counts nothing. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'outbox.read');
  const email = await staff.tx((tx) => readOutboxEmail(tx, idParam(args.params.id)));
  if (!email?.html || (email.message?.kind === 'staff_invitation' && !staff.may('staff.manage'))) throw notFound();
  return new Response(withNewTabs(withoutOpenPixel(email.html)), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'private, no-store',
    },
  });
}

/** Every link opens a tab of its own. The policy forbids other bases, so the email can't take this back. */
function withNewTabs(html: string): string {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + base) : base + html;
}
