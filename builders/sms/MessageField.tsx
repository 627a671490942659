import { Group, Input, Text } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { forwardRef } from 'react';

import type { Problem } from '../merge/problem.ts';
import { TEXT_LIMIT } from './document.ts';
import { Highlights } from './Highlights.tsx';
import classes from './MessageField.module.css';
import { OPT_OUT } from './opt-out.ts';
import { makePlain } from './plain.ts';
import type { SmsReading } from './reading.ts';

/**
 * The text itself. What matters in it is marked behind the letters, in a layer of the same size that holds the same text; that
 * layer makes the field as high as its text. Below it stands the line that is added.
 */
export const MessageField = forwardRef<
  HTMLTextAreaElement,
  {
    /** Of the field; `${id}-problems` is where its problems stand. */
    id: string;
    text: string;
    reading: SmsReading;
    /** Where parts begin, from the second. */
    parts: readonly (number | null)[];
    readOnly: boolean;
    problems: readonly Problem[];
    onChange: (typed: string) => void;
    announce: (message: string) => void;
    tools: React.ReactNode;
    children: React.ReactNode;
  }
>(function MessageField({ id, text, reading, parts, readOnly, problems, onChange, announce, tools, children }, ref) {
  const mounted = useMounted();
  const { compiled } = reading.draft;
  const invalid = problems.length > 0;
  const behind = parts.findIndex((place) => place === null || place >= text.length);
  const ownWords = compiled !== null && compiled.optOut === null;
  const paste = (event: React.ClipboardEvent) => {
    const pasted = event.clipboardData.getData('text/plain');
    if (makePlain(pasted) !== pasted) {
      announce(
        'Pasted as it was. It has typography of a word processor: Make it plain, below the text, takes that out.',
      );
    }
  };
  return (
    <div>
      <Group justify="space-between" align="flex-end" gap={8} mb={6}>
        <Input.Label htmlFor={id}>Automated Text Message Content</Input.Label>
        {tools}
      </Group>
      <div className={classes.box} data-invalid={invalid || undefined}>
        <div className={classes.field} data-mounted={mounted || undefined}>
          {mounted && <Highlights text={text} reading={reading} parts={parts} problems={problems} />}
          <textarea
            ref={ref}
            id={id}
            name="text"
            className={classes.typed}
            rows={6}
            value={text}
            readOnly={readOnly}
            aria-invalid={invalid || undefined}
            aria-describedby={`${id}-help${invalid ? ` ${id}-problems` : ''}`}
            spellCheck
            onChange={(event) => onChange(event.currentTarget.value)}
            onPaste={paste}
          />
        </div>
        <p className={classes.added}>
          {ownWords ? (
            'Your text says how to stop texts, so no line is added.'
          ) : (
            <>
              {mounted && behind >= 0 && <i className={classes.part} data-part={behind + 2} aria-hidden />}
              <span className={classes.line}>{compiled?.optOut ?? OPT_OUT}</span> <span>is added to each text</span>
            </>
          )}
        </p>
        {children}
      </div>
      <Text id={`${id}-help`} size="sm" c="dimmed" mt={6}>
        Every web address becomes a short link. At most {TEXT_LIMIT.toLocaleString('en-US')} characters.
      </Text>
    </div>
  );
});
