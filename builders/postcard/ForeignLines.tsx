import { Button, Group, Text } from '@mantine/core';

import { rewrite, select } from '../sms/text-typing.tsx';
import { useBuilder } from './builder-context.tsx';
import type { Change } from './plain-text.ts';
import classes from './PlainField.module.css';
import { foreignGroups, withoutForeign, type ForeignGroup } from './reading.ts';
import { becameWords, placeWords, shownChar, timesWords } from './words.ts';

/**
 * What of a typed text cannot be printed, a line for each character (S0-15): replaced by its plain form or taken out, one by one
 * or all at once. All of it can be undone in the field.
 */
export function ForeignLines({
  changes,
  text,
  label,
  field,
}: {
  changes: readonly Change[];
  text: string;
  label: string;
  field: React.RefObject<HTMLTextAreaElement>;
}) {
  const { readOnly, announce } = useBuilder();
  if (changes.length === 0) return null;
  /** Types in the field, and gives the focus back to the button while it is there. */
  const take = (some: readonly Change[], button: HTMLElement, said: string) => {
    if (field.current === null) return;
    rewrite(field.current, withoutForeign(text, some));
    announce(said);
    requestAnimationFrame(() => {
      if (button.isConnected) button.focus();
    });
  };
  const act = (group: ForeignGroup, all: boolean, button: HTMLElement) => {
    const done = group.became === '' ? 'taken out' : 'replaced';
    const some = all ? group.changes : group.changes.slice(0, 1);
    take(some, button, `${group.name} ${done}${all ? ` ${timesWords(some.length)}` : ''}.`);
  };
  return (
    <section className={classes.foreign} aria-label={`What cannot be printed in ${label}`}>
      <Group justify="space-between" gap={8} align="flex-start">
        <Text size="sm">
          <strong>
            {changes.length === 1
              ? 'One character cannot be printed.'
              : `${changes.length} characters cannot be printed.`}
          </strong>
        </Text>
        {!readOnly && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={(event) => take(changes, event.currentTarget, `${label} is plain now.`)}
          >
            Make it plain
          </Button>
        )}
      </Group>
      <ul>
        {foreignGroups(changes).map((group) => {
          const verb = group.became === '' ? 'Take out' : 'Replace';
          return (
            <li key={`${group.char}${group.became}`}>
              <span className={classes.char} aria-hidden>
                {shownChar(group.char)}
              </span>
              <span className={classes.what}>
                {group.name}
                {group.changes.length > 1 && `, ${timesWords(group.changes.length)}`}
                <span className={classes.instead}>
                  {placeWords(group)}
                  {group.became !== '' && `, becomes ${becameWords(group.became)}`}
                </span>
              </span>
              <Group gap={4} wrap="nowrap">
                {readOnly ? (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    aria-label={`Show ${group.name}`}
                    onClick={() => {
                      if (field.current) select(field.current, group.offset, group.offset + group.char.length);
                    }}
                  >
                    Show
                  </Button>
                ) : (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    aria-label={`${verb}: ${group.name}`}
                    onClick={(event) => act(group, false, event.currentTarget)}
                  >
                    {verb}
                  </Button>
                )}
                {!readOnly && group.changes.length > 1 && (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    aria-label={`${verb} all: ${group.name}`}
                    onClick={(event) => act(group, true, event.currentTarget)}
                  >
                    {verb} all
                  </Button>
                )}
              </Group>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
