import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useNavigation } from '@remix-run/react';

import { createCampaign } from '#app/campaigns/campaigns.server.ts';
import { TemplateCards } from '#app/campaigns/TemplateCards.tsx';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'New campaign · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  await requireStaff(args, 'campaigns.edit');
  return null;
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const values = await readFields(args.request, ['name', 'template']);
  const made = await staff.tx((tx) => createCampaign(tx, staff.actor, values));
  if (!made.ok) return data({ errors: made.errors, values }, { status: 400 });
  return redirect(`/campaigns/${made.id}/audience`);
}

export default function NewCampaign() {
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  const errors: Record<string, string> = result?.errors ?? {};
  return (
    <>
      <PageHeader title="New campaign" back={{ to: '/campaigns', label: 'Campaigns' }} />
      <ErrorSummary errors={result?.errors} />
      <Form method="post">
        <Stack gap="lg" maw={880}>
          <TextInput
            id="name"
            name="name"
            label="Name"
            description="Only the office sees it."
            placeholder="Overdue 30+ reminder"
            defaultValue={result?.values.name}
            error={errors.name}
            maw={420}
            autoFocus
          />
          <Radio.Group
            id="template"
            name="template"
            label="Start from"
            description={
              <Text span inherit>
                Everything in it can be changed.
              </Text>
            }
            error={errors.template}
            defaultValue={result?.values.template ?? 'friendly-reminder'}
          >
            <TemplateCards />
          </Radio.Group>
          <Group gap="xs">
            <Button type="submit" loading={busy}>
              Create campaign
            </Button>
            <Button variant="default" component={Link} to="/campaigns">
              Not now
            </Button>
          </Group>
        </Stack>
      </Form>
    </>
  );
}
