import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { SandboxConfirm } from '#app/portal/SandboxCheckout.tsx';
import { sandboxWords as words } from '#app/portal/sandbox-words.en.ts';
import { readFields } from '#app/web/form.server.ts';
import { openSandboxPage, postSandboxPage, sandboxHeaders } from '#app/web/sandbox.server.ts';

export const meta: MetaFunction = () => [{ title: words.confirmTitle }, { name: 'robots', content: 'noindex' }];
export const headers = () => sandboxHeaders;

/** Stands in for a bank that asks its card's owner (3-D Secure). */
export async function loader(args: LoaderFunctionArgs) {
  const page = await openSandboxPage(args);
  if (page.confirming === null) throw redirect(`/sandbox/${page.reference}`);
  return { page, number: page.confirming };
}

export async function action(args: ActionFunctionArgs) {
  const { answer } = await readFields(args.request, ['answer']);
  await postSandboxPage(args, { kind: 'confirm', yes: answer === 'yes' });
  throw redirect(`/sandbox/${args.params.reference}`, 303);
}

export default function Confirm() {
  return <SandboxConfirm {...useLoaderData<typeof loader>()} />;
}
