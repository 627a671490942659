import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { paymentPageConsent } from '#app/consent/payment-page.ts';
import { frameBrand } from '#app/portal/frame.ts';
import { payFields } from '#app/portal/pay-page/form.ts';
import { PayPage } from '#app/portal/pay-page/PayPage.tsx';
import { Message, PayPageError, PayPageFrame, wordsOf } from '#app/portal/pay-page/PayPageFrame.tsx';
import { payPageWords as words } from '#app/portal/pay-page/words.en.ts';
import { readFields } from '#app/web/form.server.ts';
import { openPayPage, postPayForm } from '#app/web/pay-page.server.ts';
import { visitorPath } from '#app/web/portal.server.ts';

import '#app/portal/portal.css';

export const meta: MetaFunction<typeof loader> = ({ data: page, error }) => [
  { title: error ? wordsOf(error, '').title : titleOf(page) },
  { name: 'robots', content: 'noindex, nofollow' },
];

function titleOf(page: Awaited<ReturnType<typeof loader>> | undefined): string {
  if (!page?.view) return words.exampleTitle;
  const { invoice } = page.view;
  return `${invoice ? words.invoice(invoice.number) : words.yourBalance} · ${page.brand.name}`;
}

/** What is owed at a payment address, to whoever holds it (S4-03, S1-14). No session, and no script. */
export async function loader(args: LoaderFunctionArgs) {
  const page = await openPayPage(args);
  if (page === 'example') return { view: null, brand: null };
  const brand = frameBrand(page.portal);
  return {
    view: page.view,
    brand,
    action: visitorPath(args.request).split('?')[0]!,
    formKey: nanoid(32),
    consent: paymentPageConsent.text(brand.name),
  };
}

export async function action(args: ActionFunctionArgs) {
  const page = await openPayPage(args);
  if (page === 'example') return redirect(visitorPath(args.request), 303);
  const posted = await postPayForm(args, page, await readFields(args.request, payFields));
  if ('location' in posted) return redirect(posted.location, 303);
  const { status, ...rest } = posted;
  return data(rest, { status });
}

export default function Pay() {
  const page = useLoaderData<typeof loader>();
  const posted = useActionData<typeof action>();
  return (
    <PayPageFrame brand={page.brand}>
      {page.view ? (
        <PayPage {...page} posted={posted} />
      ) : (
        <Message title={words.exampleTitle} text={words.exampleText} brand={null} />
      )}
    </PayPageFrame>
  );
}

export const ErrorBoundary = PayPageError;
