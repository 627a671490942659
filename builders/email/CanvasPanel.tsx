import {
  ActionIcon,
  Alert,
  Button,
  Group,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  Tooltip,
  UnstyledButton,
} from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useState } from 'react';

import type { Device } from './canvas-editor.tsx';
import type { Canvas } from './canvas.tsx';

import { PortalMissing } from '../merge/LinkMenus.tsx';
import { TextTools } from './TextTools.tsx';
import { useBuilder } from './builder-context.tsx';
import { portalLinkPaths } from './structure.ts';

/** The email itself, with the tools of its texts above it. */
export function CanvasPanel({ canvas, narrow }: { canvas: Canvas; narrow: boolean }) {
  const { body, portal, select, selected, node, readOnly } = useBuilder();
  const { editor, state, status } = canvas;
  const broken = portal.ready ? [] : portalLinkPaths(body);
  const isText = node !== null && (node.type === 'mj-text' || node.type === 'fp-invitation-note');
  const target = async () => {
    if (state.typing !== null) return state.typing;
    return selected !== null && isText && editor !== null ? editor.startTyping(selected) : null;
  };
  return (
    <section className="fp-canvas" aria-label="Email">
      <div className="fp-canvas-bar">
        {!readOnly && (
          <TextTools
            label="Text tools on the canvas"
            target={state.typing !== null || isText ? target : null}
            active={state.typing}
          />
        )}
        <Group gap={4} wrap="nowrap" ml="auto">
          {!readOnly && <History canvas={canvas} />}
          {!narrow && <Width canvas={canvas} />}
        </Group>
      </div>
      {broken.length > 0 && (
        <Alert color="red" variant="light" radius={0} role="alert" className="fp-canvas-alert">
          <Group gap="md" justify="space-between" wrap="nowrap">
            <span>
              <PortalMissing portal={portal} />
            </span>
            <UnstyledButton className="fp-show" onClick={() => select(broken[0] ?? null)}>
              {broken.length === 1 ? 'Show the block' : `Show the first of ${broken.length}`}
            </UnstyledButton>
          </Group>
        </Alert>
      )}
      {state.error !== null && (
        <Alert color="red" variant="light" radius={0} role="alert" className="fp-canvas-alert">
          {state.error} Your last changes are not saved.
        </Alert>
      )}
      <div className="fp-canvas-stage">
        <div ref={canvas.host} className="fp-canvas-host" data-status={status} />
        {status === 'loading' && <Loading />}
        {status === 'failed' && (
          <Stack className="fp-canvas-cover" gap="sm" align="center" justify="center" p="xl">
            <Text fw={600}>The email builder could not be loaded</Text>
            <Text size="sm" c="dimmed" ta="center" maw={360}>
              Your email is safe. Check your connection, then reload the page.
            </Text>
            {/* A browser remembers that code failed to load until the page is loaded anew. */}
            <Button onClick={() => window.location.reload()}>Reload the page</Button>
          </Stack>
        )}
      </div>
    </section>
  );
}

function History({ canvas: { editor, state } }: { canvas: Canvas }) {
  return (
    <>
      {[
        { label: 'Undo (Ctrl+Z)', can: state.canUndo, act: editor?.undo, Icon: IconArrowBackUp },
        { label: 'Redo (Ctrl+Shift+Z)', can: state.canRedo, act: editor?.redo, Icon: IconArrowForwardUp },
      ].map(({ label, can, act, Icon }) => (
        <Tooltip key={label} label={label} openDelay={500}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={28}
            aria-label={label}
            aria-disabled={!can}
            data-disabled={!can || undefined}
            onClick={() => can && act?.()}
          >
            <Icon size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ))}
    </>
  );
}

function Width({ canvas: { editor } }: { canvas: Canvas }) {
  const [device, setDevice] = useState<Device>('desktop');
  const choices = [
    { value: 'desktop', label: 'Desktop width', Icon: IconDeviceDesktop },
    { value: 'phone', label: 'Phone width', Icon: IconDeviceMobile },
  ];
  return (
    <SegmentedControl
      size="xs"
      aria-label="Canvas width"
      value={device}
      onChange={(value) => {
        const next = value === 'phone' ? 'phone' : 'desktop';
        setDevice(next);
        editor?.setDevice(next);
      }}
      data={choices.map(({ value, label, Icon }) => ({
        value,
        label: (
          <span className="fp-device" title={label}>
            <Icon size={16} role="img" aria-label={label} />
          </span>
        ),
      }))}
    />
  );
}

function Loading() {
  return (
    <div className="fp-canvas-cover" role="status">
      <Stack gap="md" maw={600} mx="auto" p="xl">
        <Text size="sm" c="dimmed">
          Loading the email builder…
        </Text>
        <Skeleton height={32} width="40%" animate={false} />
        <Skeleton height={16} animate={false} />
        <Skeleton height={16} width="80%" animate={false} />
        <Skeleton height={120} animate={false} />
        <Skeleton height={44} width={160} animate={false} />
      </Stack>
    </div>
  );
}
