import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import '#app/ui/office.css';

import { Button, Center, MantineProvider, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react';

import { acceptInvitation, readInvitation } from '#app/company/invitations.server.ts';
import { SESSION_DAYS, startSession } from '#app/company/sessions.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { resolveVariables, theme } from '#app/ui/theme.ts';
import { sessionCookie } from '#app/web/cookies.server.ts';
import { readFields } from '#app/web/form.server.ts';

export const handle = { scripts: true };
export const meta: MetaFunction = () => [{ title: 'Choose your password · Fieldpost' }];

/** The page of an invitation to the staff. Opening it consumes nothing: mail scanners follow links. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const invitation = await readInvitation(context.db, context.secret, params.token ?? '');
  const headers = { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' };
  if (!invitation) return data({ person: null, company: '' }, { status: 410, headers });
  const { name, email, company } = invitation;
  return data({ person: { name, email }, company: company.name }, { headers });
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const { password } = await readFields(request, ['password']);
  const token = params.token ?? '';
  if (!password) return data({ errors: { password: 'Choose a password.' } }, { status: 400 });
  const result = await acceptInvitation(context.db, context.secret, token, password);
  if (!result.ok) {
    if (result.reason === 'password') return data({ errors: { password: `${result.error}.` } }, { status: 400 });
    return data({ errors: {} }, { status: 410 });
  }
  const session = await startSession(context.db, result.personId, result.companyId);
  const cookie = sessionCookie(context.addresses.appOrigin, session, SESSION_DAYS * 86_400);
  return redirect('/', { headers: { 'set-cookie': cookie } });
}

export default function Join() {
  const { person, company } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  const errors: { password?: string } = result?.errors ?? {};
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      <Center component="main" mih="100vh" p="md">
        <Stack w={360} maw="100%" gap="lg">
          {person ? (
            <>
              <div>
                <Title order={1}>Choose your password</Title>
                <Text c="dimmed">
                  Hello {person.name}. With it you sign in to {company} as {person.email}.
                </Text>
              </div>
              <Paper bg="var(--fp-card)" p="lg">
                <ErrorSummary errors={errors.password ? { password: errors.password } : null} />
                <Form method="post" noValidate>
                  <Stack gap="md">
                    <input type="hidden" name="username" autoComplete="username" value={person.email} />
                    <PasswordInput
                      id="password"
                      name="password"
                      label="Password"
                      description="At least 10 characters. A few words are easy to remember. If you work for another company on Fieldpost, you may take the password you have there: then one sign-in opens both."
                      inputWrapperOrder={['label', 'input', 'description', 'error']}
                      autoComplete="new-password"
                      error={errors.password}
                    />
                    <Button type="submit" loading={busy} fullWidth>
                      Save password and sign in
                    </Button>
                  </Stack>
                </Form>
              </Paper>
            </>
          ) : (
            <div>
              <Title order={1}>This link no longer works</Title>
              <Text c="dimmed" mt="xs">
                It works once and for seven days. If you chose a password already, <a href="/sign-in">sign in</a>.
                Otherwise ask the company’s administrator to send the invitation again.
              </Text>
            </div>
          )}
        </Stack>
      </Center>
    </MantineProvider>
  );
}
