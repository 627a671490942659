import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@remix-run/react';
import { useEffect, useState } from 'react';

import type { SaveState } from './autosave.ts';

/** What the frame around a step must know of its autosave. */
export type Unsaved = { flush: () => Promise<void>; isClean: () => boolean; discard: () => void };

function whyNot(state: SaveState): string {
  if (state.kind === 'failed') return state.message;
  if (state.kind === 'conflict')
    return 'Somebody else saved first. Stay to load their version, or to keep yours as a copy.';
  if (state.kind === 'invalid') return 'What is marked can’t be saved as it is. Stay to correct it.';
  return 'They are not saved.';
}

/**
 * Saves what waits before the page is left for another one of the office, and asks when that can't be: a page that can't be
 * loaded would take what was typed along.
 */
export function LeaveGuard({ state, autosave }: { state: SaveState; autosave: Unsaved }) {
  const [asking, setAsking] = useState(false);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      currentLocation.pathname !== nextLocation.pathname && state.kind !== 'launched' && !autosave.isClean(),
  );
  const blocked = blocker.state === 'blocked';
  useEffect(() => {
    if (blocker.state !== 'blocked' || asking) return;
    void autosave.flush().then(() => (autosave.isClean() ? blocker.proceed() : setAsking(true)));
  }, [blocker, asking, autosave]);
  const stay = () => {
    setAsking(false);
    blocker.reset?.();
  };
  const leave = () => {
    setAsking(false);
    autosave.discard();
    blocker.proceed?.();
  };
  return (
    <Modal opened={blocked && asking} onClose={stay} title="Leave without your last changes?">
      <Text>{whyNot(state)}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={leave}>
          Leave without them
        </Button>
        <Button onClick={stay} data-autofocus>
          Stay
        </Button>
      </Group>
    </Modal>
  );
}
