import { data, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { SandboxCheckout } from '#app/portal/SandboxCheckout.tsx';
import { sandboxWords as words } from '#app/portal/sandbox-words.en.ts';
import { readFields } from '#app/web/form.server.ts';
import { openSandboxPage, postSandboxPage, sandboxHeaders } from '#app/web/sandbox.server.ts';

export const meta: MetaFunction = () => [{ title: words.title }, { name: 'robots', content: 'noindex' }];
export const headers = () => sandboxHeaders;

/** Stands in for a processor's own page. */
export const loader = (args: LoaderFunctionArgs) => openSandboxPage(args);

export async function action(args: ActionFunctionArgs) {
  const { account } = await readFields(args.request, ['account']);
  await postSandboxPage(args, { kind: 'choose', account });
  return data({ problem: words.unknown }, { status: 400 });
}

export default function Sandbox() {
  return (
    <SandboxCheckout page={useLoaderData<typeof loader>()} problem={useActionData<typeof action>()?.problem ?? null} />
  );
}
