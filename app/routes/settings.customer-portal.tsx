import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react';

import { MAX_UPLOAD_BYTES } from '#app/company/images.server.ts';
import { agreement, CONSENT } from '#app/portal/agreement.ts';
import { readAcceptance } from '#app/portal/agreement.server.ts';
import { AgreementForm } from '#app/portal/AgreementForm.tsx';
import { readPortal } from '#app/portal/brand.server.ts';
import { PortalSettingsForm } from '#app/portal/PortalSettingsForm.tsx';
import { PORTAL_SETTINGS_PATH, readSettings, saveSettings, type SettingsErrors } from '#app/portal/settings.server.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { requireStaff } from '#app/web/staff.server.ts';
import { readUploadForm, TOO_LARGE } from '#app/web/upload.server.ts';

export const meta: MetaFunction = () => [{ title: 'Customer Portal · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  const { portalDomain, appOrigin } = args.context.addresses;
  return staff.tx(async (tx) => {
    const acceptance = await readAcceptance(tx);
    const { brand } = await readPortal(tx);
    const settings = await readSettings(tx);
    return {
      agreement: { ...agreement, consent: CONSENT },
      acceptance,
      accepted: acceptance?.version === agreement.version,
      // What the company profile says already is not asked for again.
      settings: {
        ...settings,
        name: settings.name || brand.name,
        email: settings.email || brand.email,
        phone: settings.phone || brand.phone,
      },
      company: { name: staff.company.name, color: brand.color, logo: brand.logo },
      address: { before: `${new URL(appOrigin).protocol}//`, after: `.${portalDomain}` },
      mayAccept: staff.may('portal.agreement'),
      mayEdit: staff.may('settings.edit'),
    };
  });
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'settings.edit');
  const form = await readUploadForm(args.request, MAX_UPLOAD_BYTES);
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.slice(0, 500) : '';
  };
  const file = form.get('logo');
  const values = {
    enabled: form.get('enabled') === 'on',
    host: text('host'),
    name: text('name'),
    email: text('email'),
    phone: text('phone'),
    removeLogo: form.get('removeLogo') === 'on',
    invoiceDownloads: form.get('invoiceDownloads') === 'on',
    businessUnitIds: form.getAll('businessUnit').map(Number),
  };
  const errors: SettingsErrors =
    file === TOO_LARGE ? { logo: 'This image is larger than 5 MB. Use a smaller one.' } : {};
  if (errors.logo) return data({ errors, values }, { status: 400 });
  const upload = file instanceof File ? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } : null;
  const logo = upload ?? (values.removeLogo ? ('remove' as const) : null);
  const result = await staff.tx((tx) => saveSettings(tx, staff.actor, { ...values, logo }));
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`${PORTAL_SETTINGS_PATH}?saved=1`);
}

export default function CustomerPortalSettings() {
  const page = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const [params] = useSearchParams();
  const state = !page.accepted ? null : page.settings.enabled ? (
    <StatusBadge tone="paid">On</StatusBadge>
  ) : (
    <StatusBadge tone="draft">Off</StatusBadge>
  );
  return (
    <>
      <PageHeader title="Customer Portal" state={state}>
        Where customers sign in, see their invoices and pay them.
      </PageHeader>
      {page.accepted ? (
        <PortalSettingsForm
          key={JSON.stringify(page.settings)} // what was saved is shown as it was saved
          {...page}
          result={result}
          saved={params.has('saved')}
          justAccepted={params.has('accepted')}
        />
      ) : (
        <AgreementForm {...page} problem={params.get('problem')} />
      )}
    </>
  );
}
