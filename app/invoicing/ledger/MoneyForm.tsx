import { Button, Group, Stack, TextInput } from '@mantine/core';
import { Form, Link, useNavigation } from '@remix-run/react';

import { ErrorSummary, type FieldErrors } from '#app/ui/FormErrors.tsx';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { Section } from '#app/ui/Section.tsx';

/**
 * The form of something that moves money: what it will do, its fields, and one button that says it.
 * @param formKey comes with the form, so that a second click does nothing
 * @param refused what did not happen, above the errors
 * @param strong it can't be taken back
 * @param closed why it can't be done as things stand, in words: then there is no form that could not succeed
 */
export function MoneyForm({
  back,
  errors,
  refused,
  formKey,
  submit,
  strong = false,
  closed = null,
  children,
}: {
  back: string;
  errors?: FieldErrors;
  refused: string;
  formKey: string;
  submit: string;
  strong?: boolean;
  closed?: string | null;
  children: React.ReactNode;
}) {
  const busy = useNavigation().state === 'submitting';
  // What was typed stays where it was refused just now.
  if (closed && !errors) {
    return (
      <>
        <Notice>{closed}</Notice>
        <LinkButton to={back}>Go back</LinkButton>
      </>
    );
  }
  return (
    <Form method="post" noValidate style={{ maxWidth: 640 }}>
      <ErrorSummary errors={errors} title={refused} />
      <input type="hidden" name="key" value={formKey} />
      <Section>
        <Stack gap="md">{children}</Stack>
      </Section>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" component={Link} to={back}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} color={strong ? 'brick' : undefined}>
          {submit}
        </Button>
      </Group>
    </Form>
  );
}

type Field = { defaultValue?: string; error?: string };

/** @param most what it may be at most, in words */
export const AmountField = ({ most, ...field }: Field & { most?: string }) => (
  <TextInput
    id="amount"
    name="amount"
    label="Amount"
    description={field.error ? undefined : most}
    inputWrapperOrder={['label', 'input', 'description', 'error']}
    leftSection="$"
    inputMode="decimal"
    autoComplete="off"
    maw={240}
    {...field}
  />
);

export const ReasonField = (field: Field) => (
  <TextInput
    id="reason"
    name="reason"
    label="Reason"
    description={field.error ? undefined : 'Stays in the history.'}
    inputWrapperOrder={['label', 'input', 'description', 'error']}
    autoComplete="off"
    maxLength={200}
    {...field}
  />
);
