import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { removeMethod } from '#app/invoicing/payments/methods.server.ts';
import { listSaved } from '#app/portal/pay.server.ts';
import { payWords } from '#app/portal/pay-words.en.ts';
import { shownMethod } from '#app/portal/saved-method.ts';
import { RemoveMethod } from '#app/portal/SavedMethods.tsx';
import { dateIn } from '#app/ui/format.ts';
import { payDeps } from '#app/web/payments.server.ts';
import { requireVisitor } from '#app/web/portal.server.ts';
import { idParam, notFound } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: `${payWords.saved} · ${page?.company ?? ''}` },
];

/** The method, if it is one of the visitor's, and whose it is. */
async function open(args: LoaderFunctionArgs | ActionFunctionArgs) {
  const visit = await requireVisitor(args);
  const methodId = idParam(args.params.id);
  const processor = await args.context.processorOf(visit.companyId);
  const saved = await visit.tx((t) => listSaved(t, processor, visit.scope.customerIds));
  const owner = saved.find(({ methods }) => methods.some((one) => one.id === methodId));
  return { ...visit, method: owner?.methods.find((one) => one.id === methodId), customerId: owner?.customerId };
}

export async function loader(args: LoaderFunctionArgs) {
  const { portal, method } = await open(args);
  if (!method) throw notFound();
  const { name, timeZone } = portal.brand;
  return { company: name, method: shownMethod(method, dateIn(timeZone, new Date())) };
}

/** Removes it; a second click finds it gone and is led to the same list. */
export async function action(args: ActionFunctionArgs) {
  const { companyId, method, customerId } = await open(args);
  if (method && customerId) {
    const result = await removeMethod(payDeps(args.context), { companyId, customerId, methodId: method.id });
    if (!result.ok && result.reason !== 'missing') {
      const form = result.reason === 'gone' ? payWords.notRemovable : payWords.notRemoved;
      return data({ errors: { form } }, { status: 503 });
    }
  }
  return redirect('/payment-methods', 303);
}

export default function Remove() {
  return (
    <RemoveMethod method={useLoaderData<typeof loader>().method} errors={useActionData<typeof action>()?.errors} />
  );
}
