import { Button, Group, Text } from '@mantine/core';

import { makePlainTemplate } from './plain.ts';
import { kindsOf, type ForeignKind, type SmsReading } from './reading.ts';
import classes from './SmsComposer.module.css';
import { rewrite, select, typeOver } from './text-typing.tsx';
import { kindWords, replacementWords } from './words.ts';

/**
 * What forces UCS-2, a line for each character (B-11): replaced one by one or all at once, and typography of a word processor in
 * one go. All of it can be undone in the field.
 */
export function ForeignCharacters({
  reading,
  text,
  field,
  readOnly,
  announce,
}: {
  reading: SmsReading;
  text: string;
  field: React.RefObject<HTMLTextAreaElement>;
  readOnly: boolean;
  announce: (message: string) => void;
}) {
  const kinds = kindsOf(reading.foreign);
  if (kinds.length === 0) return null;
  const plain = makePlainTemplate(text);
  /** Types in the field, and gives the focus back to the button while it is there. */
  const act = (button: HTMLElement, type: (element: HTMLTextAreaElement) => void, said: string) => {
    if (field.current === null) return;
    type(field.current);
    announce(said);
    requestAnimationFrame(() => {
      if (button.isConnected) button.focus();
    });
  };
  const replace = (kind: ForeignKind, places: readonly number[], button: HTMLElement) => {
    const { char, replacement } = kind;
    if (replacement === null) return;
    const said = places.length === 1 ? `${kind.name} replaced.` : `${kind.name} replaced ${places.length} times.`;
    act(
      button,
      (element) => {
        const [first] = places;
        if (places.length === 1 && first !== undefined) typeOver(element, first, first + char.length, replacement);
        else rewrite(element, replaced(text, places, char.length, replacement));
      },
      said,
    );
  };
  return (
    <section className={classes.foreign} aria-label="Characters that shorten the parts">
      <Group justify="space-between" gap={8} wrap="nowrap" align="flex-start">
        <Text size="sm">
          <strong>{heading(reading.foreign.length)}</strong> A part then holds 70 instead of 160.
        </Text>
        {plain !== text && !readOnly && (
          <Button
            size="compact-sm"
            variant="default"
            style={{ flex: 'none' }}
            onClick={(event) =>
              act(event.currentTarget, (element) => rewrite(element, plain), 'Typography made plain.')
            }
          >
            Make it plain
          </Button>
        )}
      </Group>
      <ul>
        {kinds.map((kind) => (
          <li key={kind.char}>
            <span className={classes.char} aria-hidden>
              {/^[\p{Z}\p{C}\ufe0e\ufe0f]+$/u.test(kind.char) ? '␣' : kind.char}
            </span>
            <span className={classes.what}>
              {kindWords(kind)}
              <span className={classes.instead}>
                {kind.replacement === null ? 'nothing stands for it' : `becomes ${replacementWords(kind.replacement)}`}
              </span>
            </span>
            <Group gap={4} wrap="nowrap">
              {kind.replacement === null || readOnly ? (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={`Show ${kind.name}`}
                  onClick={() => {
                    const [first = 0] = kind.places;
                    if (field.current) select(field.current, first, first + kind.char.length);
                  }}
                >
                  Show
                </Button>
              ) : (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={`Replace ${kind.name}`}
                  onClick={(event) => replace(kind, kind.places.slice(0, 1), event.currentTarget)}
                >
                  Replace
                </Button>
              )}
              {kind.replacement !== null && !readOnly && kind.places.length > 1 && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={`Replace all: ${kind.name}`}
                  onClick={(event) => replace(kind, kind.places, event.currentTarget)}
                >
                  Replace all
                </Button>
              )}
            </Group>
          </li>
        ))}
      </ul>
    </section>
  );
}

function heading(count: number): string {
  return count === 1 ? 'One character forces UCS-2.' : `${count} characters force UCS-2.`;
}

function replaced(text: string, places: readonly number[], length: number, replacement: string): string {
  let out = '';
  let at = 0;
  for (const place of places) {
    out += text.slice(at, place) + replacement;
    at = place + length;
  }
  return out + text.slice(at);
}
