import { Button, Group, Text, TextInput } from '@mantine/core';
import { Form } from '@remix-run/react';

import { Section } from '#app/ui/Section.tsx';

/** A short text through the provider in force. @param to where it would go */
export function TestTextForm({ to, error, sending }: { to: string; error: string | undefined; sending: boolean }) {
  return (
    <Section title="Send a test text">
      <Form method="post" noValidate>
        <input type="hidden" name="intent" value="test" />
        <Group align="flex-start" gap="xs">
          <TextInput
            id="to"
            name="to"
            aria-label="Send the test to"
            inputMode="tel"
            autoComplete="tel"
            placeholder="Your mobile number"
            defaultValue={to}
            error={error}
            w={{ base: '100%', xs: 300 }}
          />
          <Button type="submit" variant="default" loading={sending}>
            Send test
          </Button>
        </Group>
        <Text size="sm" c="dimmed" mt="xs">
          A short text to yourself, through the provider that is saved above.
        </Text>
      </Form>
    </Section>
  );
}
