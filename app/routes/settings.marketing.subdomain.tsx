import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { changeSubdomain, readSubdomain } from '#app/links/subdomain.server.ts';
import { linkOrigin } from '#app/messaging/addresses.ts';
import { AddressLine } from '#app/ui/AddressLine.tsx';
import { ConfirmNow } from '#app/ui/ConfirmButton.tsx';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

const PATH = '/settings/marketing/subdomain';

export const meta: MetaFunction = () => [{ title: 'Subdomain Management · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  const { name, earlier } = await staff.tx(readSubdomain);
  const { addresses } = args.context;
  const [before, after] = linkOrigin(addresses, '|').split('|') as [string, string];
  return { name, earlier, before, after };
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'settings.edit');
  const { subdomain, confirmed } = await readFields(args.request, ['subdomain', 'confirmed']);
  const typed = subdomain.slice(0, 500);
  const result = await staff.tx((tx) => changeSubdomain(tx, staff.actor, typed, { confirmed: confirmed === 'yes' }));
  if (!result.ok) return data({ error: result.error, typed, ask: null }, { status: 400 });
  if ('ask' in result) return { error: null, typed: result.name, ask: result.name };
  return redirect(`${PATH}?${result.changed ? 'saved' : 'same'}=1`);
}

export default function SubdomainManagement() {
  const { name, earlier, before, after } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().state === 'submitting';
  const [params] = useSearchParams();
  const edits = useOffice().may('settings.edit');
  const example = (subdomain: string) => `${before}${subdomain}${after}/k7m2pqw4dr`;
  return (
    <>
      <PageHeader title="Subdomain Management">The name that the short links in your messages begin with.</PageHeader>
      {params.has('saved') && !result && (
        <Notice tone="done">
          New links begin with {name}. Links already sent under an earlier name go on working.
        </Notice>
      )}
      {params.has('same') && !result && <Notice>Your links begin with {name} already. Nothing was changed.</Notice>}
      {!edits && <Notice>You may look at the subdomain. An administrator changes it.</Notice>}
      <ErrorSummary errors={result?.error ? { subdomain: result.error } : null} title="Not changed" />
      {result?.ask && (
        <ConfirmNow
          action={PATH}
          title={`Change the subdomain to ${result.ask}?`}
          body={
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              New links will look like {example(result.ask)}.
              {name && ` Links already sent under ${name} go on working, and ${name} stays yours.`}
            </Text>
          }
          confirm="Change subdomain"
          fields={{ subdomain: result.ask }}
          back={PATH}
        />
      )}
      <Stack gap="md">
        <Section title="Your short links">
          {name ? (
            <>
              <Text size="sm">Each customer gets a link of their own. It looks like this:</Text>
              <AddressLine url={example(name)} live={false} />
            </>
          ) : (
            <Text size="sm">
              There is none yet. Choose one here, or the first message makes one of your company’s name.
            </Text>
          )}
        </Section>
        {edits && (
          <Section title="Change it">
            <Form method="post" action={PATH} noValidate key={result?.typed ?? name}>
              <Stack gap="md">
                <TextInput
                  id="subdomain"
                  name="subdomain"
                  label="Subdomain"
                  description="One word that customers recognize you by: 3 to 63 letters and digits, no spaces."
                  placeholder="xyzplumbing"
                  defaultValue={result?.typed ?? name ?? ''}
                  error={result?.error}
                  autoComplete="off"
                  autoCapitalize="none"
                  autoCorrect="off"
                  spellCheck={false}
                />
                <Text size="sm" c="dimmed">
                  A subdomain that you used before stays yours: links already sent under it go on working, and nobody
                  else can take it.
                </Text>
                <Group justify="flex-end">
                  <Button type="submit" loading={busy}>
                    Change
                  </Button>
                </Group>
              </Stack>
            </Form>
          </Section>
        )}
        {earlier.length > 0 && (
          <Section title="Earlier names">
            <Text size="sm" mb="xs">
              Links under these go on working. You can change back at any time.
            </Text>
            <List size="sm">
              {earlier.map((each) => (
                <List.Item key={each} style={{ overflowWrap: 'anywhere' }}>
                  {each}
                  {after}
                </List.Item>
              ))}
            </List>
          </Section>
        )}
      </Stack>
    </>
  );
}
