import { Button, Group } from '@mantine/core';
import { Form, Link, useNavigation } from '@remix-run/react';

import { Notice } from '#app/ui/Notice.tsx';

/** What a draft is, and the way on. */
export function DraftNotice({ invoiceId, edits }: { invoiceId: number; edits: boolean }) {
  const action = `/invoices/${invoiceId}/issue`;
  const busy = useNavigation().formAction === action;
  return (
    <Notice>
      This is a draft: nobody owes it, and its customer doesn’t see it.
      {edits && (
        <Group gap="xs" mt="xs">
          <Form method="post" action={action}>
            <Button type="submit" size="xs" loading={busy}>
              Issue invoice
            </Button>
          </Form>
          <Button size="xs" variant="default" component={Link} to={`/invoices/${invoiceId}/edit`}>
            Edit
          </Button>
        </Group>
      )}
    </Notice>
  );
}
