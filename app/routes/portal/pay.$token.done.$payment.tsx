import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { frameBrand } from '#app/portal/frame.ts';
import { DonePage } from '#app/portal/pay-page/DonePage.tsx';
import { PayPageError, PayPageFrame, wordsOf } from '#app/portal/pay-page/PayPageFrame.tsx';
import { payPageWords as words } from '#app/portal/pay-page/words.en.ts';
import { finishPaymentPage } from '#app/web/pay-page-done.server.ts';

import '#app/portal/portal.css';

/** So often a page that waits for an answer looks again by itself, so many seconds apart. */
const LOOKS = 5;
const SECONDS = 4;

export const meta: MetaFunction<typeof loader> = ({ data, error }) => [
  { title: error ? wordsOf(error, '').title : `${words.doneTab} · ${data?.brand.name ?? ''}` },
  { name: 'robots', content: 'noindex, nofollow' },
  ...(data?.again ? [{ httpEquiv: 'refresh', content: `${SECONDS}; url=?look=${data.look + 1}` }] : []),
];

/** Where a payer comes back to from the processor's page. To look twice does nothing twice. */
export async function loader(args: LoaderFunctionArgs) {
  const { portal, ...page } = await finishPaymentPage(args);
  const typed = new URL(args.request.url).searchParams.get('look') ?? '';
  const look = /^\d$/.test(typed) ? Number(typed) : 0;
  const again = page.outcome.state === 'unsure' && look < LOOKS;
  return { ...page, brand: frameBrand(portal), look, again };
}

export default function Done() {
  const { brand, ...page } = useLoaderData<typeof loader>();
  return (
    <PayPageFrame brand={brand}>
      <DonePage {...page} company={brand.name} />
    </PayPageFrame>
  );
}

export const ErrorBoundary = PayPageError;
