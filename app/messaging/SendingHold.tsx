import { Alert, Button } from '@mantine/core';
import { Form, useNavigation } from '@remix-run/react';

import { formatClock, formatInstant } from '#app/ui/format.ts';

import type { BreakerHold } from './operations.ts';

/** Why nothing goes out just now, and when it is tried again by itself. @param action where "Try now" posts; null shows none */
export function SendingHold({
  hold,
  now,
  timeZone,
  action,
}: {
  hold: BreakerHold;
  now: string;
  timeZone: string;
  action: string | null;
}) {
  const navigation = useNavigation();
  const soon = Date.parse(hold.retryAt) - Date.parse(now) < 12 * 3_600_000;
  const at = soon ? formatClock(hold.retryAt, timeZone) : formatInstant(hold.retryAt, timeZone);
  return (
    <Alert role="status" color="amber" variant="light" mb="md" title={`Paused: ${hold.reason}`}>
      {hold.trying
        ? 'One message is being tried now.'
        : `Tries again at ${at}, with one message; if it is taken, everything goes on by itself.`}{' '}
      Nothing is lost, and nobody gets anything twice.
      {action && !hold.trying && (
        <Form method="post" action={action}>
          <Button type="submit" variant="default" size="compact-md" mt="xs" loading={navigation.formAction === action}>
            Try now
          </Button>
        </Form>
      )}
    </Alert>
  );
}
