import { Button, Group, PasswordInput, Radio, Stack } from '@mantine/core';
import { Form } from '@remix-run/react';

import classes from './ProviderForm.module.css';
import { Section } from './Section.tsx';

/** What stands where in a field: the help above the error, as everywhere. */
export const fieldOrder: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

/**
 * The form by which a company chooses who does something for it, and enters its keys.
 * @param name the field of the choice, and its id
 * @param children the keys and what belongs to them, for those who may edit
 */
export function ProviderForm<Choice extends string>({
  title,
  name = 'provider',
  choices,
  chosen,
  error,
  edits,
  saving,
  save = 'Save provider',
  children,
}: {
  title: string;
  name?: string;
  choices: readonly { value: Choice; label: string; description: string }[];
  chosen: string;
  error: string | undefined;
  edits: boolean;
  saving: boolean;
  save?: string;
  children: React.ReactNode;
}) {
  return (
    <Form method="post" noValidate>
      <Section title={title}>
        <Stack gap="md">
          <Radio.Group name={name} defaultValue={chosen} error={error} aria-label={title}>
            <Stack gap="sm">
              {choices.map(({ value, label, description }, index) => (
                <Radio
                  key={value}
                  {...(index === 0 && { id: name })}
                  value={value}
                  label={label}
                  description={description}
                  disabled={!edits}
                />
              ))}
            </Stack>
          </Radio.Group>
          {edits && children}
        </Stack>
      </Section>
      {edits && (
        <Group justify="flex-end" mt="md">
          <Button type="submit" name="intent" value="save" loading={saving}>
            {save}
          </Button>
        </Group>
      )}
    </Form>
  );
}

/** Fields that belong together, with a line around them. */
export function KeyGroup({ legend, children }: { legend: string; children: React.ReactNode }) {
  return (
    <fieldset className={classes.keys}>
      <legend>{legend}</legend>
      <Stack gap="md">{children}</Stack>
    </fieldset>
  );
}

/** Two fields side by side, one below the other on a phone. */
export function TwoFields({ children }: { children: React.ReactNode }) {
  return <div className={classes.two}>{children}</div>;
}

/** A key that is entered once, and never shown again. The page's key makes it empty once it is saved. */
export function SecretField({
  name,
  label,
  description,
  error,
  maw,
}: {
  name: string;
  label: string;
  description: string;
  error: string | undefined;
  maw?: number;
}) {
  return (
    <PasswordInput
      id={name}
      name={name}
      label={label}
      description={description}
      inputWrapperOrder={fieldOrder}
      autoComplete="new-password"
      maw={maw}
      error={error}
    />
  );
}
