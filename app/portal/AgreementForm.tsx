import { Button, Checkbox, Paper, Stack, Text, Title } from '@mantine/core';
import { Form, useNavigation } from '@remix-run/react';

import { formatDate } from '#app/ui/format.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';

const problems: Record<string, Record<string, string>> = {
  agree: { agree: 'Select the checkbox to accept the agreement.' },
  changed: { form: 'The agreement has changed since you opened this page. Read it again.' },
};

/** The Legal Agreement, before anything of the portal can be set (S2-01, S2-02). */
export function AgreementForm({
  agreement,
  acceptance,
  mayAccept,
  problem,
}: {
  agreement: { version: string; title: string; sections: { heading: string; text: string }[]; consent: string };
  /** Of an earlier version. */
  acceptance: { version: string } | null;
  mayAccept: boolean;
  /** A key of what went wrong with the last attempt. */
  problem: string | null;
}) {
  const errors = (problem && problems[problem]) || {};
  const busy = useNavigation().state !== 'idle';
  return (
    <Stack gap="md" maw={720}>
      {acceptance && (
        <Notice>
          <strong>The agreement has changed.</strong> The portal goes on working. Accept the new version to change its
          settings.
        </Notice>
      )}
      <ErrorSummary errors={errors} />
      <Paper bg="var(--fp-card)" p="lg">
        <Title order={2} mb={4}>
          Legal Agreement
        </Title>
        <Text c="dimmed" size="sm" mb="md">
          {agreement.title}, version of {formatDate(agreement.version)}
        </Text>
        <Stack gap="sm">
          {agreement.sections.map((section) => (
            <div key={section.heading}>
              <Title order={3}>{section.heading}</Title>
              <Text maw={640}>{section.text}</Text>
            </div>
          ))}
        </Stack>
      </Paper>
      {mayAccept ? (
        <Form method="post" action="/settings/communications/customer-portal/agreement" replace>
          <input type="hidden" name="version" value={agreement.version} />
          <Stack gap="md" align="flex-start">
            <Checkbox id="agree" name="agree" label={agreement.consent} error={errors.agree} />
            <Button type="submit" loading={busy}>
              Accept
            </Button>
          </Stack>
        </Form>
      ) : (
        <Notice>
          <strong>An administrator has to accept this first.</strong> Ask an administrator of your company to open this
          page. Until then nothing of the portal can be set.
        </Notice>
      )}
    </Stack>
  );
}
