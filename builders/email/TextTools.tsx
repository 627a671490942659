import { ActionIcon, Button, Group, Popover, TextInput, Tooltip } from '@mantine/core';
import { IconBold, IconItalic, IconLink, IconList, IconUnderline } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import { MergeTagsMenu, SpecialLinksMenu } from './LinkMenus.tsx';
import { cleanUrl, escapeHtml } from './rich-text.ts';
import {
  type TextCommand,
  activeCommands,
  insertHtml,
  insertLink,
  insertSpecialLink,
  linkAtCaret,
  restoreCaret,
  runCommand,
} from './rich-typing.tsx';

const FORMATS: { command: TextCommand; label: string; Icon: typeof IconBold }[] = [
  { command: 'bold', label: 'Bold', Icon: IconBold },
  { command: 'italic', label: 'Italic', Icon: IconItalic },
  { command: 'underline', label: 'Underline', Icon: IconUnderline },
  { command: 'insertUnorderedList', label: 'List', Icon: IconList },
];

/**
 * The tools of a text: formats, link, Special links (S0-02) and Merge tags. `target` gives the element that is typed in, and may
 * start the typing first; null when there is no text to act on. No tool takes the caret away.
 */
export function TextTools({
  target,
  active,
  label,
}: {
  target: (() => Promise<HTMLElement | null>) | null;
  active: HTMLElement | null;
  label: string;
}) {
  const [pressed, setPressed] = useState<ReadonlySet<TextCommand>>(new Set());
  useEffect(() => {
    if (active === null) return setPressed(new Set());
    const page = active.ownerDocument;
    const look = () => setPressed(activeCommands(active));
    page.addEventListener('selectionchange', look);
    return () => page.removeEventListener('selectionchange', look);
  }, [active]);

  const act = async (act: (element: HTMLElement) => void) => {
    const element = (await target?.()) ?? null;
    if (element !== null) act(element);
  };
  const off = target === null;
  return (
    <Group gap={2} wrap="nowrap" role="toolbar" aria-label={label} data-keep-typing="" className="fp-text-tools">
      {FORMATS.map(({ command, label: name, Icon }) => (
        <Tooltip key={command} label={name} openDelay={500}>
          <ActionIcon
            variant={pressed.has(command) && !off ? 'light' : 'subtle'}
            color={pressed.has(command) && !off ? undefined : 'gray'}
            size={28}
            disabled={off}
            aria-label={name}
            aria-pressed={pressed.has(command)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => act((element) => runCommand(element, command))}
          >
            <Icon size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ))}
      <LinkTool disabled={off} act={act} />
      <SpecialLinksMenu compact disabled={off} onPick={(link) => act((element) => insertSpecialLink(element, link))} />
      <MergeTagsMenu compact disabled={off} onPick={(tag) => act((element) => insertHtml(element, escapeHtml(tag)))} />
    </Group>
  );
}

function LinkTool({
  disabled,
  act,
}: {
  disabled: boolean;
  act: (act: (element: HTMLElement) => void) => Promise<void>;
}) {
  const [opened, setOpened] = useState(false);
  const [url, setUrl] = useState('');
  const [error, setError] = useState<string | null>(null);
  const open = () =>
    act((element) => {
      setUrl(linkAtCaret(element));
      setError(null);
      setOpened(true);
    });
  const apply = () => {
    const typed = url.trim();
    const href = cleanUrl(/^[\w-]+(\.[\w-]+)+/.test(typed) ? `https://${typed}` : typed);
    if (href === '') return setError('Type an address such as https://example.com, or pick one under Special links.');
    setOpened(false);
    void act((element) => insertLink(element, href, typed));
  };
  const unlink = () => {
    setOpened(false);
    void act((element) => runCommand(element, 'unlink'));
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom" withArrow shadow="md" trapFocus width={300}>
      <Popover.Target>
        <Tooltip label="Link" openDelay={500}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={28}
            disabled={disabled}
            aria-label="Link"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => (opened ? setOpened(false) : open())}
          >
            <IconLink size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown data-keep-typing="" aria-label="Link">
        <TextInput
          label="Link to"
          placeholder="https://"
          value={url}
          error={error}
          onChange={(event) => setUrl(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault();
              apply();
            } else if (event.key === 'Escape') {
              setOpened(false);
              void act(restoreCaret);
            }
          }}
        />
        <Group mt="sm" gap="xs">
          <Button size="xs" onClick={apply}>
            Set link
          </Button>
          <Button size="xs" variant="default" onClick={unlink}>
            Remove link
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
