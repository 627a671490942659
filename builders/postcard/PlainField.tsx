import { Group, Input, Text } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';

import { MergeTagsMenu, SpecialLinksMenu } from '../merge/LinkMenus.tsx';
import { placeOf } from '../merge/problem.ts';
import { insertLink, insertTag, rewrite, typeOver } from '../sms/text-typing.tsx';
import { useBuilder } from './builder-context.tsx';
import { FieldProblems } from './FieldProblems.tsx';
import { ForeignLines } from './ForeignLines.tsx';
import { postcardLinks } from './links.ts';
import { PARAGRAPHS, whereOf, type TextKey } from './parts.ts';
import { plainPaste, type PlainPaste } from './paste.ts';
import { PasteNotice } from './PasteNotice.tsx';
import classes from './PlainField.module.css';
import { foreignIn, otherProblems, overLimit, runsOf } from './reading.ts';

/**
 * One text of the card. It can only be plain (S0-15): a paste arrives plain and says what it lost, and what is typed and cannot be
 * printed is marked in its place, with a way to replace it or take it out. Before JavaScript it is a textarea.
 */
export function PlainField({
  name,
  label,
  text,
  onChange,
  rows = 1,
  help,
  links = false,
  tags = true,
}: {
  name: TextKey;
  label: string;
  text: string;
  onChange: (text: string) => void;
  rows?: number;
  help?: string;
  /** Whether it can have special links, and merge tags. */
  links?: boolean;
  tags?: boolean;
}) {
  const { portal, readOnly, announce, errors, problemsOf, warningsOf, fitsOf } = useBuilder();
  const mounted = useMounted();
  const field = useRef<HTMLTextAreaElement>(null);
  const [pasted, setPasted] = useState<{ paste: PlainPaste; before: string; after: string } | null>(null);
  const paragraphs = PARAGRAPHS.has(name);

  const foreign = useMemo(() => foreignIn(text), [text]);
  const problems = otherProblems(problemsOf(name), foreign);
  const said = [errors[name] ?? overLimit(name, text) ?? [], fitsOf(name)].flat();
  const invalid = problems.length + said.length + foreign.length > 0;
  const wrong = problems.filter(({ excerpt }) => excerpt !== '').map((problem) => placeOf(text, problem));
  const runs = runsOf(text, foreign, wrong);

  const type = (act: (element: HTMLTextAreaElement) => void) => {
    if (field.current && !readOnly) act(field.current);
  };
  const paste = (event: React.ClipboardEvent<HTMLTextAreaElement>) => {
    if (readOnly) return;
    const { clipboardData, currentTarget: element } = event;
    const [typed, html] = [clipboardData.getData('text/plain'), clipboardData.getData('text/html')];
    if (typed === '' && html === '') return;
    event.preventDefault();
    const result = plainPaste({ text: typed, html });
    const arrives = paragraphs ? result.plain : result.plain.replace(/\s*\n\s*/g, ' ').trim();
    const before = element.value;
    typeOver(element, element.selectionStart, element.selectionEnd, arrives);
    const changes = result.replaced.length + result.lost.length + result.formatting.length;
    setPasted(changes === 0 ? null : { paste: result, before, after: element.value });
    if (changes > 0) announce(`Pasted as plain text. What changed is listed below ${label}.`);
  };
  const change = (typed: string) => onChange(paragraphs ? typed : typed.replace(/\s*\n\s*/g, ' '));
  const described = [help && `${name}-help`, invalid && `${name}-problems`].filter(Boolean).join(' ');
  return (
    <div className={classes.root}>
      <Group justify="space-between" align="flex-end" gap={8} mb={4} mih={26}>
        <Input.Label htmlFor={name}>{label}</Input.Label>
        {mounted && !readOnly && (links || tags) && (
          <Group
            gap={4}
            role="group"
            aria-label={`Insert into ${label}`}
            className={classes.tools}
            data-always={links || undefined}
          >
            {links && (
              <SpecialLinksMenu
                compact
                links={postcardLinks}
                portal={portal}
                announce={announce}
                onPick={(link) => type((element) => insertLink(element, link.tag))}
              />
            )}
            {tags && (
              <MergeTagsMenu compact announce={announce} onPick={(tag) => type((element) => insertTag(element, tag))} />
            )}
          </Group>
        )}
      </Group>
      <div className={classes.field} data-mounted={mounted || undefined} data-invalid={invalid || undefined}>
        {mounted && (
          <div className={classes.layer} aria-hidden>
            {runs.map((run) => (
              <mark
                key={run.start}
                data-kind={run.kind}
                data-foreign={run.foreign || undefined}
                data-wrong={run.wrong || undefined}
              >
                {run.text}
              </mark>
            ))}
            {/* A last line that is empty has height in a textarea; here a character gives it that. */}
            {'\u200b'}
          </div>
        )}
        <textarea
          ref={field}
          id={name}
          name={name}
          className={classes.typed}
          rows={rows}
          value={text}
          readOnly={readOnly}
          aria-invalid={invalid || undefined}
          aria-describedby={described || undefined}
          spellCheck
          onChange={(event) => change(event.currentTarget.value)}
          onPaste={paste}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !paragraphs && !event.nativeEvent.isComposing) event.preventDefault();
          }}
        />
      </div>
      {help && (
        <Text id={`${name}-help`} size="sm" c="dimmed" mt={4}>
          {help}
        </Text>
      )}
      <div id={`${name}-problems`}>
        <FieldProblems
          problems={problems}
          said={said}
          warnings={warningsOf(whereOf(name))}
          text={text}
          portal={portal}
          field={field}
        />
        {mounted && <ForeignLines changes={foreign} text={text} label={label} field={field} />}
      </div>
      {pasted && (
        <PasteNotice
          paste={pasted.paste}
          label={label}
          onUndo={
            pasted.after === text
              ? () => {
                  type((element) => rewrite(element, pasted.before));
                  setPasted(null);
                  announce('Paste undone.');
                }
              : null
          }
          onClose={() => {
            setPasted(null);
            field.current?.focus();
          }}
        />
      )}
    </div>
  );
}
