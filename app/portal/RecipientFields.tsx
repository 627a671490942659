import { Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';

/** The customer's email addresses to choose from, and room for another one. Both fields are sent: a new one counts where it is chosen. */
export function RecipientFields({
  emails,
  typed,
  error,
}: {
  emails: string[];
  typed?: { to: string; other: string };
  error?: string;
}) {
  const [to, setTo] = useState(typed?.to ?? emails[0] ?? 'other');
  return (
    <Stack gap="sm">
      {emails.length > 0 && (
        <Radio.Group name="to" label="To" value={to} onChange={setTo}>
          <Stack gap="xs" mt={4}>
            {emails.map((email) => (
              <Radio key={email} value={email} label={email} />
            ))}
            <Radio value="other" label="Another address" />
          </Stack>
        </Radio.Group>
      )}
      {emails.length === 0 && <input type="hidden" name="to" value="other" />}
      <TextInput
        id="other"
        name="other"
        label={emails.length === 0 ? 'To' : 'Another address'}
        description={emails.length === 0 ? 'There is no email on the customer’s record.' : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        type="email"
        inputMode="email"
        autoComplete="off"
        defaultValue={typed?.other}
        error={error}
        onFocus={() => setTo('other')}
      />
    </Stack>
  );
}

/** The address that was chosen. */
export const chosenAddress = ({ to, other }: { to: string; other: string }): string =>
  to === 'other' || to === '' ? other : to;
