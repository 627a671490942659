import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { Field } from '#app/portal/Field.tsx';
import { Problems } from '#app/portal/Notice.tsx';
import { confirmAccount } from '#app/portal/sessions.server.ts';
import { readToken } from '#app/portal/tokens.server.ts';
import { words } from '#app/portal/words.en.ts';
import { readFields } from '#app/web/form.server.ts';
import { minutesOf, openPortal, portalCookie, visitorPath } from '#app/web/portal.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: `${words.createTitle} · ${page?.company ?? ''}` },
  { name: 'robots', content: 'noindex' },
];

/** Shows the form; only the POST uses the link up, since mail scanners follow links. */
export async function loader(args: LoaderFunctionArgs) {
  const { portal, tx } = await openPortal(args);
  const found = await tx((t) => readToken(t, args.params.token ?? ''));
  const page = {
    company: portal.brand.name,
    state: found.state,
    email: found.state === 'ready' ? found.email : '',
    action: visitorPath(args.request),
  };
  return data(page, { status: found.state === 'ready' ? 200 : 410 });
}

export async function action(args: ActionFunctionArgs) {
  const { companyId } = await openPortal(args);
  const { 'new-password': password } = await readFields(args.request, ['new-password']);
  const token = args.params.token ?? '';
  const result = await confirmAccount(args.context.db, companyId, { token, password, ip: args.context.ip });
  if (result.ok) return redirect('/', { headers: { 'set-cookie': portalCookie(args.request, result.token) } });
  if (result.reason === 'password') return data({ errors: { 'new-password': result.error } }, { status: 400 });
  if (result.reason === 'too_many') {
    return data({ errors: { form: words.tooMany(minutesOf(result.retryAfterSeconds)) } }, { status: 429 });
  }
  // The page itself says that the link is used or expired.
  return data({ errors: {} }, { status: 410 });
}

export default function Confirm() {
  const { state, email, action: address } = useLoaderData<typeof loader>();
  const errors: Record<string, string> = useActionData<typeof action>()?.errors ?? {};
  if (state !== 'ready') return <LinkIsSpent used={state === 'used'} />;
  return (
    <div className="cp-stack cp-narrow">
      <h1>{words.createTitle}</h1>
      <p>{words.createText(email)}</p>
      <Problems errors={errors} />
      <form className="cp-stack" method="post" action={address} noValidate>
        <input type="text" name="username" autoComplete="username" defaultValue={email} hidden readOnly />
        <Field
          id="new-password"
          label={words.newPassword}
          type="password"
          autoComplete="new-password"
          help={words.passwordHelp}
          error={errors['new-password']}
        />
        <button className="cp-button cp-wide" type="submit">
          {words.createPassword}
        </button>
      </form>
    </div>
  );
}

function LinkIsSpent({ used }: { used: boolean }) {
  return (
    <div className="cp-stack cp-narrow">
      <h1>{used ? words.usedTitle : words.expiredTitle}</h1>
      <p>{used ? words.usedText : words.expiredText}</p>
      <a className="cp-button cp-wide" href="/invitation">
        {words.requestNewInvitation}
      </a>
      <p>
        <a className="cp-plain" href="/login">
          {words.signIn}
        </a>
      </p>
    </div>
  );
}
