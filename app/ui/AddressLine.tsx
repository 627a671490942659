import { Anchor, Button, CopyButton, Group, Paper, Text } from '@mantine/core';

/** A whole web address, to be copied (S0-08). @param live false for one that does not answer yet, or that nobody should open */
export function AddressLine({ url, live }: { url: string; live: boolean }) {
  return (
    <Paper bg="var(--fp-hover)" px="sm" py={6} mt="xs">
      <Group gap="xs" justify="space-between" wrap="nowrap">
        {live ? (
          <Anchor href={url} target="_blank" rel="noreferrer" style={{ overflowWrap: 'anywhere' }}>
            {url}
          </Anchor>
        ) : (
          <Text style={{ overflowWrap: 'anywhere' }}>{url}</Text>
        )}
        <CopyButton value={url}>
          {({ copied, copy }) => (
            <Button variant="default" size="xs" onClick={copy} style={{ flexShrink: 0 }} aria-live="polite">
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Paper>
  );
}
