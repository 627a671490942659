import { ActionIcon, Button, Group, Menu, Text, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconEdit,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import { useEffect, useRef } from 'react';

import { PORTAL_MISSING } from '../merge/special-links.ts';
import { blockIcons } from './BlocksPanel.tsx';
import { blockChoices } from './blocks.ts';
import { useBuilder } from './builder-context.tsx';
import { type OutlineRow, type Path, movePlace, outline, portalLinkPaths, samePath } from './structure.ts';

/** The email as a list: the whole job by keyboard, without the canvas (B-19). */
export function StructurePanel() {
  const { body, selected, select, portal, add, move, duplicate, remove, editSelected, readOnly } = useBuilder();
  const list = useRef<HTMLUListElement>(null);
  const follow = useRef(false);
  const rows = outline(body);
  const broken = portal.ready ? [] : portalLinkPaths(body);
  const at = rows.findIndex((row) => samePath(row.path, selected));

  // After a key moved, added or deleted something, the focus goes with the selection.
  useEffect(() => {
    if (!follow.current) return;
    follow.current = false;
    list.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  });
  const followed = (act: () => void) => {
    follow.current = true;
    act();
  };
  const go = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row !== undefined) followed(() => select(row.path));
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const key = `${event.altKey ? 'Alt+' : ''}${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.key}`;
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      Enter: editSelected,
      ' ': editSelected,
    };
    if (selected !== null && !readOnly) {
      keys['Alt+ArrowUp'] = () => followed(() => move(selected, 'up'));
      keys['Alt+ArrowDown'] = () => followed(() => move(selected, 'down'));
      keys['Ctrl+d'] = () => followed(() => duplicate(selected));
      keys.Delete = () => followed(() => remove(selected));
      keys.Backspace = () => followed(() => remove(selected));
    }
    const act = keys[key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  return (
    <div className="fp-structure">
      {!readOnly && (
        <Group gap={2} mb="xs" role="toolbar" aria-label="Selected block" wrap="nowrap">
          <Menu position="bottom-start" shadow="md">
            <Menu.Target>
              <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} aria-hidden />} mr="auto">
                Add block
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {blockChoices.map(({ kind, label }) => {
                const Icon = blockIcons[kind];
                return (
                  <Menu.Item key={kind} leftSection={<Icon size={16} aria-hidden />} onClick={() => add(kind)}>
                    {label}
                  </Menu.Item>
                );
              })}
            </Menu.Dropdown>
          </Menu>
          <Tool
            label="Move up (Alt+Up)"
            Icon={IconArrowUp}
            path={movable(selected, 'up')}
            act={(path) => move(path, 'up')}
          />
          <Tool
            label="Move down (Alt+Down)"
            Icon={IconArrowDown}
            path={movable(selected, 'down')}
            act={(path) => move(path, 'down')}
          />
          <Tool label="Edit (Enter)" Icon={IconEdit} path={selected} act={editSelected} />
          <Tool label="Duplicate (Ctrl+D)" Icon={IconCopy} path={selected} act={duplicate} />
          <Tool label="Delete (Delete)" Icon={IconTrash} path={selected} act={(path) => followed(() => remove(path))} />
        </Group>
      )}
      <ul ref={list} role="tree" aria-label="Email structure">
        {rows.map((row, index) => (
          <li
            key={row.path.join('.')}
            role="treeitem"
            aria-level={levelOf(row, rows)}
            aria-selected={index === at}
            tabIndex={index === Math.max(0, at) ? 0 : -1}
            className="fp-row"
            data-level={levelOf(row, rows)}
            onKeyDown={onKeyDown}
            onFocus={() => index !== at && select(row.path)}
            onClick={() => select(row.path)}
            onDoubleClick={editSelected}
          >
            <span className="fp-row-name">{row.name}</span>
            {broken.some((path) => samePath(path, row.path)) && (
              <Tooltip label={PORTAL_MISSING}>
                <IconAlertTriangle size={16} className="fp-error" aria-label="Link without a portal" role="img" />
              </Tooltip>
            )}
          </li>
        ))}
      </ul>
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          The email is empty. Add a block to begin.
        </Text>
      )}
    </div>
  );

  function movable(path: Path | null, direction: 'up' | 'down'): Path | null {
    return path !== null && movePlace(body, path, direction) !== null ? path : null;
  }
}

/** Sections stand at 1; columns, and blocks of a section without columns, at 2; blocks in columns at 3. */
function levelOf(row: OutlineRow, rows: readonly OutlineRow[]): number {
  if (row.path.length < 3) return row.path.length;
  return rows.some((other) => samePath(other.path, row.path.slice(0, 2))) ? 3 : 2;
}

/** Stays focusable when it can do nothing, so that the focus is not lost at the end of a list. */
function Tool({
  label,
  Icon,
  path,
  act,
}: {
  label: string;
  Icon: typeof IconPlus;
  path: Path | null;
  act: (path: Path) => void;
}) {
  return (
    <Tooltip label={label} openDelay={500}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={28}
        aria-label={label}
        aria-disabled={path === null}
        data-disabled={path === null || undefined}
        onClick={() => path !== null && act(path)}
      >
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
