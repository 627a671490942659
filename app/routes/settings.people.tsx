import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { can, roleLabels, roles, SMS_LINK_PERMISSION, type Role } from '#app/company/permissions.ts';
import { StaffList } from '#app/company/StaffList.tsx';
import { listStaff } from '#app/company/staff.server.ts';
import { emailProviderName } from '#app/messaging/providers/choose.server.ts';
import { inviteStaff } from '#app/messaging/staff-invitation.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './settings.module.css';

export const meta: MetaFunction = () => [{ title: 'People · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'staff.manage');
  return staff.tx(async (tx) => ({
    people: await listStaff(tx),
    self: staff.staff.id,
    sandbox: (await emailProviderName(tx, args.context)) === 'sandbox',
  }));
}

/** Adds a person and mails them the link to accept. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'staff.manage');
  const values = await readFields(args.request, ['name', 'email', 'role']);
  const result = await staff.tx((tx) => inviteStaff(tx, args.context, staff.actor, values));
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect('/settings/people?saved=invited');
}

const done: Record<string, string> = {
  role: 'The role was changed. It holds from their next click on.',
  sms_link: 'Who may text payment links was changed. It holds from their next click on.',
  removed: 'The person was removed and signed out.',
};
const problems: Record<string, string> = {
  last_administrator: 'This is the last administrator. Make somebody else administrator first.',
  unknown_switch: 'This can’t be read. Switch it again.',
  unknown_role: 'This role does not exist. Choose another.',
};

const listed = (some: Role[]) => some.map((role) => roleLabels[role].label).join(' and ');

export default function People() {
  const { people, self, sandbox } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().formAction === '/settings/people';
  const [params] = useSearchParams();
  const saved = result ? '' : (params.get('saved') ?? '');
  const problem = problems[params.get('problem') ?? ''];
  const errors: Partial<Record<'name' | 'email' | 'role', string>> = result?.errors ?? {};
  return (
    <>
      <PageHeader title="People">Who signs in to the office, and what they may do.</PageHeader>
      {saved === 'invited' && (
        <Notice tone="done">
          The invitation is on its way. Its link works for seven days, and nothing opens until it is accepted.
          {sandbox && ' Email goes to the sandbox, so it stands in the Outbox; hand the link over yourself.'}
        </Notice>
      )}
      {done[saved] && <Notice tone="done">{done[saved]}</Notice>}
      {problem && <Notice tone="problem">{problem}</Notice>}
      <Stack gap="md">
        <Section flush>
          <StaffList people={people} self={self} />
        </Section>
        <Section title="Add a person">
          <ErrorSummary errors={result?.errors} />
          {/* A new key empties the form once somebody was added. */}
          <Form method="post" noValidate key={people.length}>
            <Stack gap="md">
              <div className={classes.two}>
                <TextInput
                  id="name"
                  name="name"
                  label="Name"
                  autoComplete="off"
                  defaultValue={result?.values.name}
                  error={errors.name}
                />
                <TextInput
                  id="email"
                  name="email"
                  label="Email"
                  inputMode="email"
                  autoComplete="off"
                  defaultValue={result?.values.email}
                  error={errors.email}
                />
              </div>
              <Group align="flex-end" gap="md">
                <NativeSelect
                  id="role"
                  name="role"
                  label="Role"
                  data={roles.map((role) => ({ value: role, label: roleLabels[role].label }))}
                  defaultValue={result?.values.role ?? 'office'}
                  error={errors.role}
                />
                <Button type="submit" loading={busy}>
                  Send invitation
                </Button>
              </Group>
            </Stack>
          </Form>
        </Section>
        <Section title="What each role may do">
          <dl className={classes.roles}>
            {roles.map((role) => (
              <div key={role}>
                <dt>{roleLabels[role].label}</dt>
                <dd>{roleLabels[role].description}.</dd>
              </div>
            ))}
          </dl>
          <Text size="sm" c="dimmed" mt="md">
            {SMS_LINK_PERMISSION} comes with every role but{' '}
            {listed(roles.filter((role) => !can(role, 'invoices.sms_link')))}. Above it can be switched for one person
            alone, and stays so when their role changes.
          </Text>
        </Section>
      </Stack>
    </>
  );
}
