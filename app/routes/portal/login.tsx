import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { LoginForm } from '#app/portal/LoginForm.tsx';
import { signInCustomer } from '#app/portal/sessions.server.ts';
import { words } from '#app/portal/words.en.ts';
import { readFields } from '#app/web/form.server.ts';
import { minutesOf, openPortal, portalCookie, visitorPath } from '#app/web/portal.server.ts';
import { safePath } from '#app/web/safe-path.ts';

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: `${words.signIn} · ${page?.company ?? ''}` },
];

const destination = (request: Request) => safePath(new URL(request.url).searchParams.get('to'), request);

export async function loader(args: LoaderFunctionArgs) {
  const { portal, visitor } = await openPortal(args);
  if (visitor) throw redirect(destination(args.request));
  const ended = new URL(args.request.url).searchParams.has('ended');
  return { company: portal.brand.name, action: visitorPath(args.request), ended };
}

export async function action(args: ActionFunctionArgs) {
  const { companyId } = await openPortal(args);
  const { email, password } = await readFields(args.request, ['email', 'password']);
  const errors: Record<string, string> = {};
  if (!email.trim()) errors.email = words.enterEmail;
  if (!password) errors.password = words.enterPassword;
  if (Object.keys(errors).length > 0) return data({ errors, email }, { status: 400 });
  const result = await signInCustomer(args.context.db, companyId, { email, password, ip: args.context.ip });
  if (!result.ok) {
    const text = result.reason === 'wrong' ? words.wrong : words.tooMany(minutesOf(result.retryAfterSeconds));
    return data({ errors: { form: text }, email }, { status: result.reason === 'wrong' ? 400 : 429 });
  }
  return redirect(destination(args.request), { headers: { 'set-cookie': portalCookie(args.request, result.token) } });
}

export default function Login() {
  const result = useActionData<typeof action>();
  const { action: address, ended } = useLoaderData<typeof loader>();
  return <LoginForm errors={result?.errors} email={result?.email} ended={ended} action={address} />;
}
