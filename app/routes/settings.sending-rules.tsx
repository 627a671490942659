import { Button, Group, Radio, Stack, Switch, Text, TextInput } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { readRules, saveRules } from '#app/consent/rules.server.ts';
import {
  hourWords,
  narrowerStates,
  rulesFields,
  toForm,
  type RulesErrors,
  type StateHours,
} from '#app/consent/rules.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './settings.module.css';

export const meta: MetaFunction = () => [{ title: 'Sending rules · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  const rules = await staff.tx(readRules);
  return {
    form: toForm(rules),
    from: hourWords(rules.opensAt),
    to: hourWords(rules.closesAt),
    narrower: narrowerStates(rules),
  };
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'settings.edit');
  const values = await readFields(args.request, rulesFields);
  const result = await staff.tx((tx) => saveRules(tx, staff.actor, values));
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect('/settings/sending-rules?saved=1');
}

export default function SendingRules() {
  const { form, from, to, narrower } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().state === 'submitting';
  const [params] = useSearchParams();
  const edits = useOffice().may('settings.edit');
  const values = result?.values ?? form;
  const errors: RulesErrors = result?.errors ?? {};
  const field = (name: Exclude<keyof typeof values, 'emailHours'>) => ({
    id: name,
    name,
    defaultValue: values[name],
    error: errors[name],
    readOnly: !edits,
    autoComplete: 'off',
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
  });
  return (
    <>
      <PageHeader title="Sending rules">When, and how often, campaigns may write to a customer.</PageHeader>
      {params.has('saved') && !result && <Notice tone="done">The sending rules were saved.</Notice>}
      {!edits && <Notice>You may look at the sending rules. An administrator changes them.</Notice>}
      <ErrorSummary errors={errors} />
      <Form method="post" noValidate>
        <Stack gap="md">
          <Section title="Sending hours">
            <Stack gap="md">
              <div className={classes.two}>
                <TextInput type="time" label="From" {...field('opensAt')} />
                <TextInput type="time" label="Until" {...field('closesAt')} />
              </div>
              <Text size="sm" c="dimmed">
                In the customer’s own time zone: by the ZIP of the service address and the area code of their phone, and
                where the two differ, when it suits both. A message outside of these hours waits until they begin. The
                outer bound is 8 am to 9 pm.
              </Text>
              <Switch
                id="emailHours"
                name="emailHours"
                label="Email keeps these hours too"
                description="The rules are about telephones: texts always keep the hours, email only if you want it to."
                defaultChecked={values.emailHours === 'on'}
                disabled={!edits}
              />
            </Stack>
          </Section>
          <Narrower states={narrower} from={from} to={to} />
          <Section title="How often">
            <Stack gap="md">
              <div className={classes.two}>
                <TextInput
                  label="Messages about one invoice"
                  description="1 to 7"
                  inputMode="numeric"
                  {...field('capPerInvoice')}
                />
                <TextInput
                  label="Messages to one customer"
                  description="Empty: no limit"
                  inputMode="numeric"
                  {...field('capPerCustomer')}
                />
              </div>
              <div className={classes.two}>
                <TextInput
                  label="Within so many days"
                  description="7 to 90"
                  inputMode="numeric"
                  {...field('capDays')}
                />
              </div>
              <Text size="sm" c="dimmed">
                Messages of all campaigns and channels count together. Whoever has had as many is skipped, and the
                campaign says so. Receipts and what customers ask for themselves do not count.
              </Text>
            </Stack>
          </Section>
          <Section title="Texts">
            <Stack gap="md">
              <Radio.Group
                name="textConsent"
                label="Reminders by text go to"
                description="Offers by text always ask for a yes on record."
                defaultValue={values.textConsent}
              >
                <Stack gap="xs" mt="xs">
                  <Radio value="on_record" label="Every customer with a mobile number" disabled={!edits} />
                  <Radio
                    value="recorded"
                    label="Only customers whose yes is on record, under Consent"
                    disabled={!edits}
                  />
                </Stack>
              </Radio.Group>
              <Switch
                id="stopEndsAll"
                name="stopEndsAll"
                label="STOP ends all texts"
                description="Off: it ends texts of the kind that was answered, reminders or offers."
                defaultChecked={values.stopEndsAll === 'on'}
                disabled={!edits}
              />
            </Stack>
          </Section>
          <Text size="sm" c="dimmed">
            This is no legal advice. Hours of states come from secondary sources and change: have them checked before
            you rely on them.
          </Text>
          {edits && (
            <Group justify="flex-end">
              <Button type="submit" loading={busy}>
                Save rules
              </Button>
            </Group>
          )}
        </Stack>
      </Form>
    </>
  );
}

/** What is left of the company's hours where a state allows less. */
function Narrower({ states, from, to }: { states: StateHours[]; from: string; to: string }) {
  if (states.length === 0) return null;
  return (
    <Section title="Narrower in these states" flush>
      <SimpleTable
        label="Hours in states that are narrower"
        rows={states}
        rowKey={(row) => row.state}
        columns={[
          { key: 'state', label: 'State', cell: (row) => row.name },
          { key: 'weekday', label: 'Monday to Friday', cell: (row) => row.weekday },
          { key: 'saturday', label: 'Saturday', cell: (row) => row.saturday },
          { key: 'sunday', label: 'Sunday', cell: (row) => row.sunday },
        ]}
      />
      <Text size="sm" c="dimmed" px="md" pb="md" pt="xs">
        Everywhere else {from} to {to}, as saved. Texts keep these hours, and email if it is switched on above.
      </Text>
    </Section>
  );
}
