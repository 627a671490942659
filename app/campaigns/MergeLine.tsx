import { ActionIcon, Menu, TextInput } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useRef, useState } from 'react';

import { MergeTagItems } from '#builders/merge/MergeTagItems.tsx';
import { checkTemplate } from '#builders/merge/template.ts';

/** One line with merge tags: they are picked from a menu and put in at the cursor; what is wrong with one is said at once. */
export function MergeLine({
  name,
  label,
  description,
  defaultValue,
  error,
  readOnly,
  onChange,
}: {
  name: string;
  label: string;
  description: string;
  defaultValue: string;
  /** What the server said; it stands until the line is changed. */
  error?: string;
  readOnly: boolean;
  onChange: (value: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const cursor = useRef<[number, number] | null>(null);
  const [value, setValue] = useState(defaultValue);
  const change = (next: string) => {
    setValue(next);
    onChange(next);
  };
  const insert = (tag: string) => {
    const [from, to] = cursor.current ?? [value.length, value.length];
    change(value.slice(0, from) + tag + value.slice(to));
    const behind = from + tag.length;
    cursor.current = [behind, behind];
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(behind, behind);
    });
  };
  const remember = () => {
    const { selectionStart, selectionEnd } = input.current ?? {};
    if (selectionStart != null && selectionEnd != null) cursor.current = [selectionStart, selectionEnd];
  };
  const [problem] = value.trim() === '' ? [] : checkTemplate(value, label);
  return (
    <TextInput
      ref={input}
      id={name}
      name={name}
      label={label}
      description={description}
      value={value}
      error={error ?? problem?.message}
      readOnly={readOnly}
      autoComplete="off"
      onChange={(event) => change(event.currentTarget.value)}
      onSelect={remember}
      onBlur={remember}
      rightSection={
        readOnly ? null : (
          <Menu position="bottom-end" width={280} returnFocus={false}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={`Merge tags for ${label.toLowerCase()}`}>
                <IconBraces size={16} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <MergeTagItems onPick={insert} />
            </Menu.Dropdown>
          </Menu>
        )
      }
    />
  );
}
