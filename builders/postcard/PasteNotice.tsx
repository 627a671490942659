import { Button, Group, Text } from '@mantine/core';

import type { PlainPaste } from './paste.ts';
import classes from './PlainField.module.css';
import type { Change } from './plain-text.ts';
import { becameWords, countWords, placeWords, shownChar, timesWords } from './words.ts';

/**
 * What a paste lost on its way to plain text (S0-15), character by character with its place in what was pasted, and formatting by
 * its name. One click takes the whole paste back, as long as nothing else was typed.
 */
export function PasteNotice({
  paste: { replaced, lost, formatting },
  label,
  onUndo,
  onClose,
}: {
  paste: PlainPaste;
  label: string;
  onUndo: (() => void) | null;
  onClose: () => void;
}) {
  const counts = [
    countWords(lost.length, 'lost'),
    countWords(replaced.length, 'replaced'),
    formatting.length > 0 && 'formatting lost',
  ];
  return (
    <section className={classes.pasted} aria-label={`What the paste into ${label} lost`}>
      <Group justify="space-between" gap={8} align="flex-start" wrap="nowrap">
        <Text size="sm">
          <strong>Pasted as plain text.</strong> {counts.filter(Boolean).join(', ')}.
        </Text>
        <Group gap={4} wrap="nowrap">
          {onUndo && (
            <Button size="compact-sm" variant="default" onClick={onUndo}>
              Undo paste
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Group>
      {/* A long list scrolls, so it must be within reach of the keyboard. */}
      <ul tabIndex={0} aria-label="Changes">
        {lost.map((change) => (
          <Line key={change.offset} change={change} />
        ))}
        {formatting.map(({ name, excerpt, times }) => (
          <li key={`${name} ${excerpt}`}>
            <span className={classes.char} aria-hidden>
              Aa
            </span>
            <span className={classes.what}>
              {name}
              {times > 1 && `, ${timesWords(times)}`}
              {excerpt !== '' && <span className={classes.instead}>“{excerpt}”</span>}
            </span>
          </li>
        ))}
        {replaced.map((change) => (
          <Line key={change.offset} change={change} />
        ))}
      </ul>
    </section>
  );
}

function Line({ change }: { change: Change }) {
  return (
    <li>
      <span className={classes.char} aria-hidden>
        {shownChar(change.char)}
      </span>
      <span className={classes.what}>
        {change.name}
        <span className={classes.instead}>
          {placeWords(change)}
          {change.became !== '' && `, became ${becameWords(change.became)}`}
        </span>
      </span>
    </li>
  );
}
