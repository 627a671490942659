import { Button, Group, Text, Textarea } from '@mantine/core';
import { Form, useNavigation } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';

import { formatCount, formatNoun } from '#app/ui/format.ts';
import { countText } from '#builders/sms/segments.ts';

/** What staff write back. It says how many parts it will go out in. */
export function ReplyForm({
  number,
  said,
  error,
  typed,
  label = 'Your reply',
  button = 'Send reply',
}: {
  number: string;
  /** How much was said so far: once it grows, the field is empty again. */
  said: number;
  error: string | null;
  typed: string;
  label?: string;
  button?: string;
}) {
  const [body, setBody] = useState(typed);
  const busy = useNavigation().state === 'submitting';
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => setBody(error === null ? '' : typed), [said, error, typed]);
  const count = countText(body);
  return (
    <Form method="post" ref={form}>
      <input type="hidden" name="number" value={number} />
      <Textarea
        id="body"
        name="body"
        label={label}
        autosize
        minRows={2}
        maxRows={8}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
        error={error}
        required
      />
      <Group justify="space-between" mt="xs">
        <Text size="sm" c="dimmed" className="figures">
          {body === ''
            ? ' '
            : `${formatCount(count.units)} of ${count.perPart * count.parts} · ${formatNoun(count.parts, 'part')}`}
        </Text>
        <Button type="submit" loading={busy}>
          {button}
        </Button>
      </Group>
    </Form>
  );
}
