import { Box, Button, Checkbox, FileInput, Grid, Group, Input, Stack, Switch, Text, TextInput } from '@mantine/core';
import { Form, useNavigation } from '@remix-run/react';
import { useEffect, useState } from 'react';

import { AddressLine } from '#app/ui/AddressLine.tsx';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { formatDate, formatPhone } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { Section } from '#app/ui/Section.tsx';

import { PortalPreview } from './PortalPreview.tsx';

type Picture = { token: string; width: number; height: number };

type FormValues = {
  enabled: boolean;
  host: string;
  name: string;
  email: string;
  phone: string;
  removeLogo: boolean;
  invoiceDownloads: boolean;
};

export type SettingsPage = {
  acceptance: { acceptedBy: string; at: Date; version: string } | null;
  settings: {
    enabled: boolean;
    host: string;
    name: string;
    email: string;
    phone: string;
    logo: Picture | null;
    invoiceDownloads: boolean;
    businessUnits: { id: number; name: string; shown: boolean }[];
  };
  company: { name: string; color: string; logo: Picture | null };
  /** What stands around the host in the portal's address. */
  address: { before: string; after: string };
  mayEdit: boolean;
  result?: {
    errors: Record<string, string>;
    values: FormValues & { businessUnitIds: number[] };
  };
  saved: boolean;
  justAccepted: boolean;
};

/** Settings > Communications > Customer Portal, with what customers will see beside it (S2-03, S2-09 to S2-13). */
export function PortalSettingsForm({
  settings,
  company,
  address,
  acceptance,
  mayEdit,
  result,
  saved,
  justAccepted,
}: SettingsPage) {
  const errors = result?.errors ?? {};
  const values: FormValues = result?.values ?? { ...settings, phone: formatPhone(settings.phone), removeLogo: false };
  const busy = useNavigation().state === 'submitting';
  const [shown, setShown] = useState(values);
  const [logo, setLogo] = useState<File | null>(null);
  const picture = usePicture(logo, shown.removeLogo ? company.logo : (settings.logo ?? company.logo));
  const typed = shown.host.trim().toLowerCase();
  const host = /^[a-z0-9]{3,63}$/.test(typed) ? typed : null;
  const units =
    result?.values.businessUnitIds ?? settings.businessUnits.filter((unit) => unit.shown).map((unit) => unit.id);
  const text = (field: 'host' | 'name' | 'email' | 'phone') => ({
    id: field,
    name: field,
    defaultValue: values[field],
    error: errors[field],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      setShown({ ...shown, [field]: event.currentTarget.value }),
  });
  return (
    <Grid gutter="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        {saved && !result && (
          <Box mb="md">
            <Notice tone="done">
              Saved. {settings.enabled ? 'Customers can use the portal.' : 'The portal is off.'}
            </Notice>
          </Box>
        )}
        {justAccepted && !result && (
          <Box mb="md">
            <Notice tone="done">The agreement is accepted. Now set up the portal.</Notice>
          </Box>
        )}
        <ErrorSummary errors={errors} />
        <Form method="post" encType="multipart/form-data" noValidate>
          <fieldset disabled={!mayEdit} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
            <Stack gap="md">
              <Section>
                <Switch
                  name="enabled"
                  label="Enable Customer Portal"
                  description="Off, customers see your phone number in its place."
                  defaultChecked={values.enabled}
                />
              </Section>
              <Section title="Your business">
                <Stack gap="md">
                  <div>
                    <TextInput
                      {...text('host')}
                      label="Host"
                      description="One word that is easy to remember: letters and digits, no spaces. Links with a name you used before go on working."
                      placeholder="xyzplumbing"
                      autoCapitalize="none"
                      autoCorrect="off"
                      spellCheck={false}
                    />
                    {host && (
                      <AddressLine
                        url={`${address.before}${host}${address.after}`}
                        live={settings.enabled && host === settings.host}
                      />
                    )}
                  </div>
                  <TextInput
                    {...text('name')}
                    label="Name"
                    description="Your whole company, rather than one business unit."
                    placeholder={company.name}
                  />
                  <div>
                    <FileInput
                      id="logo"
                      name="logo"
                      label="Logo"
                      description="PNG, JPEG, WebP or SVG, up to 5 MB. It is shown 50 pixels high."
                      placeholder={settings.logo ? 'Replace the logo' : 'Choose a file'}
                      accept="image/png,image/jpeg,image/webp,image/svg+xml"
                      error={errors.logo}
                      value={logo}
                      onChange={setLogo}
                      clearable
                      clearButtonProps={{ 'aria-label': 'Clear the chosen file' }}
                    />
                    {settings.logo && (
                      <Group gap="md" mt="xs">
                        <img
                          src={`/images/${settings.logo.token}`}
                          alt="Current logo"
                          height={50}
                          style={{ maxWidth: '100%' }}
                        />
                        <Checkbox
                          name="removeLogo"
                          label="Remove this logo"
                          defaultChecked={values.removeLogo}
                          onChange={(event) => setShown({ ...shown, removeLogo: event.currentTarget.checked })}
                        />
                      </Group>
                    )}
                  </div>
                  <Group grow align="flex-start" preventGrowOverflow={false} wrap="wrap">
                    <TextInput
                      {...text('email')}
                      type="email"
                      label="Email"
                      description="Reaches whoever can help customers with the portal."
                      miw={220}
                    />
                    <TextInput
                      {...text('phone')}
                      type="tel"
                      label="Phone"
                      description="Stands at the foot of every page."
                      miw={220}
                    />
                  </Group>
                </Stack>
              </Section>
              <Section title="Invoices">
                <Switch
                  name="invoiceDownloads"
                  label="Customers can download invoices"
                  description="As a PDF, from the list of their invoices and from each invoice."
                  defaultChecked={values.invoiceDownloads}
                />
              </Section>
              {settings.businessUnits.length > 0 && (
                <Section title="Business units">
                  <Input.Wrapper error={errors.businessUnits} id="businessUnits">
                    <Text c="dimmed" size="sm" mb="xs">
                      Customers see and pay the invoices of these business units. Invoices without a business unit are
                      always shown.
                    </Text>
                    <Stack gap="xs" mb={errors.businessUnits ? 'xs' : 0}>
                      {settings.businessUnits.map((unit) => (
                        <Checkbox
                          key={unit.id}
                          name="businessUnit"
                          value={String(unit.id)}
                          label={unit.name}
                          defaultChecked={units.includes(unit.id)}
                        />
                      ))}
                    </Stack>
                  </Input.Wrapper>
                </Section>
              )}
              <Group justify="space-between" gap="md">
                {mayEdit ? (
                  <Button type="submit" loading={busy}>
                    Save
                  </Button>
                ) : (
                  <Text c="dimmed">Only an administrator can change this.</Text>
                )}
                {acceptance && (
                  <Text c="dimmed" size="sm">
                    Agreement accepted by {acceptance.acceptedBy} on{' '}
                    {formatDate(new Date(acceptance.at).toISOString().slice(0, 10))}
                  </Text>
                )}
              </Group>
            </Stack>
          </fieldset>
        </Form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <PortalPreview
          brand={{
            name: shown.name.trim() || company.name,
            phone: shown.phone.trim(),
            email: shown.email.trim(),
            color: company.color,
            logo: picture,
          }}
        />
      </Grid.Col>
    </Grid>
  );
}

/** The picture of a file that was just chosen, else the stored one. */
function usePicture(file: File | null, stored: Picture | null): { url: string; width: number; height: number } | null {
  const [chosen, setChosen] = useState<{ url: string; width: number; height: number } | null>(null);
  useEffect(() => {
    if (!file) return setChosen(null);
    const url = URL.createObjectURL(file);
    const image = new Image();
    image.addEventListener('load', () =>
      setChosen({ url, width: image.naturalWidth || 50, height: image.naturalHeight || 50 }),
    );
    image.addEventListener('error', () => setChosen(null));
    image.src = url;
    return () => URL.revokeObjectURL(url);
  }, [file]);
  if (file && chosen) return chosen;
  return stored && { url: `/images/${stored.token}`, width: stored.width, height: stored.height };
}
