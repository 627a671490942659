import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import '#app/ui/office.css';

import {
  Alert,
  Button,
  Center,
  MantineProvider,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useNavigation, useSearchParams } from '@remix-run/react';

import { signIn } from '#app/company/sessions.server.ts';
import { Brand } from '#app/ui/Brand.tsx';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { resolveVariables, theme } from '#app/ui/theme.ts';
import { readFields } from '#app/web/form.server.ts';
import { sessionCookie } from '#app/web/cookies.server.ts';
import { safePath } from '#app/web/safe-path.ts';
import { readStaff } from '#app/web/staff.server.ts';

export const handle = { scripts: true };
export const meta: MetaFunction = () => [{ title: 'Sign in · Fieldpost' }];

/** A session lasts this long without use. */
const THIRTY_DAYS = 30 * 24 * 3600;

const refusals = {
  wrong: 'Email and password don’t match. Check both and try again.',
  too_many: 'Too many attempts. Wait 15 minutes and try again.',
  no_company: 'This account opens no company any more. Ask an administrator to add you again.',
};

export async function loader(args: LoaderFunctionArgs) {
  if (await readStaff(args)) throw redirect('/');
  return null;
}

export async function action({ request, context }: ActionFunctionArgs) {
  const fields = await readFields(request, ['email', 'password']);
  const email = fields.email.trim();
  const { password } = fields;
  const errors: Record<string, string> = {};
  if (!email) errors.email = 'Enter your email address.';
  if (!password) errors.password = 'Enter your password.';
  if (Object.keys(errors).length > 0) return data({ errors, email }, { status: 400 });
  const result = await signIn(context.db, { email, password, ip: context.ip });
  if (!result.ok) {
    return data({ errors: { form: refusals[result.reason] }, email }, { status: 400 });
  }
  const origin = context.addresses.appOrigin;
  const to = safePath(new URL(request.url).searchParams.get('to'), request);
  return redirect(to, { headers: { 'set-cookie': sessionCookie(origin, result.token, THIRTY_DAYS) } });
}

export default function SignIn() {
  const result = useActionData<typeof action>();
  const [params] = useSearchParams();
  const busy = useNavigation().state !== 'idle';
  const errors: Record<string, string> = result?.errors ?? {};
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      <Center component="main" mih="100vh" p="md">
        <Stack w={360} maw="100%" gap="lg">
          <div>
            <Brand />
            <Title order={1} mt="lg">
              Sign in
            </Title>
            <Text c="dimmed">Reminders that get invoices paid.</Text>
          </div>
          <Paper bg="var(--fp-card)" p="lg">
            <ErrorSummary title="Not signed in" errors={errors} />
            {params.has('ended') && !result && (
              <Alert role="status" color="amber" variant="light" mb="md" title="You were signed out meanwhile">
                What you sent last was not taken. Sign in to go back to where you were.
              </Alert>
            )}
            <Form method="post" action={`/sign-in${params.size > 0 ? `?${params.toString()}` : ''}`} noValidate>
              <Stack gap="md">
                <TextInput
                  id="email"
                  name="email"
                  type="email"
                  label="Email"
                  autoComplete="username"
                  defaultValue={result?.email}
                  error={errors.email}
                  required
                  withAsterisk={false}
                />
                <PasswordInput
                  id="password"
                  name="password"
                  label="Password"
                  autoComplete="current-password"
                  error={errors.password}
                  required
                  withAsterisk={false}
                />
                <Button type="submit" loading={busy} fullWidth>
                  Sign in
                </Button>
              </Stack>
            </Form>
          </Paper>
        </Stack>
      </Center>
    </MantineProvider>
  );
}
