import { Button, Group, Text, Textarea } from '@mantine/core';
import { Form, useNavigation } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';

import { formatCount, formatNoun } from '#app/ui/format.ts';
import { countText } from '#builders/sms/segments.ts';
import { shorten } from '#builders/sms/shorten.ts';

/**
 * What staff write back. It says how many parts it will go out in, with its addresses as short links.
 * @param links a short link as an example, where addresses become such; without, it goes as it is typed
 */
export function ReplyForm({
  number,
  links,
  error,
  typed,
  label = 'Your reply',
  button = 'Send reply',
}: {
  number: string;
  links?: string;
  error: string | null;
  typed: string;
  label?: string;
  button?: string;
}) {
  const [body, setBody] = useState(typed);
  const { state, formData } = useNavigation();
  const busy = state !== 'idle' && formData?.get('number') === number;
  // Once it was sent the field is empty again; what was refused stays, and so does what is typed while texts come in.
  const sending = useRef(false);
  useEffect(() => {
    if (sending.current && !busy && error === null) setBody('');
    sending.current = busy;
  }, [busy, error]);
  const sent = links === undefined ? null : shorten(body);
  const count = countText(sent?.ok ? sent.write(() => links!) : body);
  const shortened = sent?.ok === true && sent.urls.length > 0;
  return (
    <Form method="post">
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
            : `${formatCount(count.units)} of ${count.perPart * count.parts} · ${formatNoun(count.parts, 'part')}${shortened ? ' · web addresses become short links' : ''}`}
        </Text>
        <Button type="submit" loading={busy}>
          {button}
        </Button>
      </Group>
    </Form>
  );
}
