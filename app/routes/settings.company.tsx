import { Button, Group, NativeSelect, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';
import { useState } from 'react';

import { profileFields, readProfile, saveProfile } from '#app/company/profile.server.ts';
import { contrastOnWhite, EVERGREEN, readableColor } from '#app/portal/color.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { formatPhone } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './settings.module.css';

export const meta: MetaFunction = () => [{ title: 'Company profile · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  return { profile: await staff.tx(readProfile), zones: Intl.supportedValuesOf('timeZone') };
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'settings.edit');
  const values = await readFields(args.request, profileFields);
  const result = await staff.tx((tx) => saveProfile(tx, staff.actor, values));
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect('/settings/company?saved=1');
}

export default function CompanyProfile() {
  const { profile, zones } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().state === 'submitting';
  const [params] = useSearchParams();
  const edits = useOffice().may('settings.edit');
  const values = result?.values ?? { ...profile, phone: formatPhone(profile.phone) };
  const errors: Partial<Record<keyof typeof values, string>> = result?.errors ?? {};
  const field = (name: keyof typeof values) => ({
    id: name,
    name,
    defaultValue: values[name],
    error: errors[name],
    readOnly: !edits,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
  });
  return (
    <>
      <PageHeader title="Company profile">What customers see of you in every email and in the portal.</PageHeader>
      {params.has('saved') && !result && <Notice tone="done">The profile was saved.</Notice>}
      {!edits && <Notice>You may look at the profile. An administrator changes it.</Notice>}
      <ErrorSummary errors={errors} />
      <Form method="post" noValidate>
        <Stack gap="md">
          <Section title="Company">
            <Stack gap="md">
              <div className={classes.two}>
                <TextInput label="Name" autoComplete="organization" {...field('name')} />
                <NativeSelect
                  id="timeZone"
                  name="timeZone"
                  label="Time zone"
                  data={[...new Set([values.timeZone, ...zones])].filter(Boolean)}
                  defaultValue={values.timeZone}
                  error={errors.timeZone}
                  disabled={!edits}
                />
              </div>
              <Textarea
                label="Postal address"
                description="Stands at the foot of every campaign email. US law (CAN-SPAM) asks for a street address or a post office box in promotional email, and a campaign can’t be launched without one."
                minRows={3}
                autoComplete="street-address"
                {...field('postalAddress')}
              />
              <div className={classes.two}>
                <TextInput label="Phone" inputMode="tel" autoComplete="tel" {...field('phone')} />
                <TextInput label="Email" inputMode="email" autoComplete="email" {...field('email')} />
              </div>
              <TextInput label="Website" inputMode="url" autoComplete="url" {...field('website')} />
            </Stack>
          </Section>
          <Section title="Email sender">
            <Stack gap="md">
              <div className={classes.two}>
                <TextInput
                  label="From name"
                  description="Empty: the company’s name"
                  autoComplete="off"
                  {...field('fromName')}
                />
                <TextInput
                  label="From email"
                  description="Amazon SES must have verified it, or its domain"
                  inputMode="email"
                  autoComplete="off"
                  {...field('fromEmail')}
                />
              </div>
              <TextInput
                label="Reply to"
                description="Where answers of customers go. Empty: the From email"
                inputMode="email"
                autoComplete="off"
                {...field('replyTo')}
              />
            </Stack>
          </Section>
          <Section title="Color">
            <ColorField value={values.color} error={errors.color} readOnly={!edits} />
          </Section>
          {edits && (
            <Group justify="flex-end">
              <Button type="submit" loading={busy}>
                Save profile
              </Button>
            </Group>
          )}
        </Stack>
      </Form>
    </>
  );
}

/** The company's color with how well it is read; a pale one is replaced where text stands on it (WCAG 1.4.3). */
function ColorField({ value, error, readOnly }: { value: string; error?: string; readOnly: boolean }) {
  const [color, setColor] = useState(value);
  const known = /^#[0-9a-f]{6}$/i.test(color.trim());
  const shown = readableColor(color.trim());
  const ratio = known ? contrastOnWhite(color.trim()) : null;
  return (
    <>
      <div className={classes.color}>
        <TextInput
          id="color"
          name="color"
          label="Color"
          value={color}
          onChange={(event) => setColor(event.currentTarget.value)}
          error={error}
          readOnly={readOnly}
          autoComplete="off"
          spellCheck={false}
        />
        <div>
          <span className={classes.sample} style={{ background: shown }} aria-hidden>
            Pay invoice
          </span>
        </div>
      </div>
      <Text size="sm" c="dimmed" mt="xs" role="status">
        {ratio === null
          ? 'Six digits after a #, such as #1E6B52.'
          : shown === EVERGREEN && color.trim().toUpperCase() !== EVERGREEN
            ? `Contrast with white is ${ratio.toFixed(1)}:1. Text needs 4.5:1, so buttons and links use evergreen instead.`
            : `Contrast with white is ${ratio.toFixed(1)}:1: good for buttons and links.`}
      </Text>
    </>
  );
}
