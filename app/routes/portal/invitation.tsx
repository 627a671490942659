import { data, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { AskForLink } from '#app/portal/AskForLink.tsx';
import { requestInvitation } from '#app/portal/invitations.server.ts';
import { words } from '#app/portal/words.en.ts';
import { readFields } from '#app/web/form.server.ts';
import { minutesOf, openPortal, visitorPath } from '#app/web/portal.server.ts';

/** *Request an invitation* (S2-26), and *Forgot your password?*: one form, one answer, whatever the address (S2-27). */
export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: `${page?.reset ? words.resetTitle : words.invitationTitle} · ${page?.company ?? ''}` },
];

const isReset = (request: Request) => visitorPath(request).startsWith('/forgot-password');

export async function loader(args: LoaderFunctionArgs) {
  const { portal } = await openPortal(args);
  return { company: portal.brand.name, reset: isReset(args.request) };
}

export async function action(args: ActionFunctionArgs) {
  const { companyId } = await openPortal(args);
  const { email } = await readFields(args.request, ['email']);
  const { db, addresses, ip } = args.context;
  const answer = await requestInvitation(db, addresses, {
    companyId,
    email,
    ip,
    for: isReset(args.request) ? 'reset' : 'invitation',
  });
  if (answer.ok) return data({ sent: answer.email, email: '', errors: {} });
  if (answer.reason === 'too_many') {
    const errors = { form: words.tooMany(minutesOf(answer.retryAfterSeconds)) };
    return data({ sent: null, email, errors }, { status: 429 });
  }
  const errors = { email: answer.reason === 'empty' ? words.enterEmail : words.badEmail };
  return data({ sent: null, email, errors }, { status: 400 });
}

export default function Invitation() {
  return <AskForLink {...useLoaderData<typeof loader>()} result={useActionData<typeof action>()} />;
}
