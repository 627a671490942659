import { Group, Paper, Title } from '@mantine/core';

/** A white card with a heading of its own. @param flush the content draws to the edges, as tables do */
export function Section({
  title,
  aside,
  flush = false,
  children,
}: {
  title?: string;
  aside?: React.ReactNode;
  flush?: boolean;
  children: React.ReactNode;
}) {
  return (
    <Paper
      component="section"
      bg="var(--fp-card)"
      p={flush ? 0 : 'md'}
      aria-label={title}
      style={{ overflow: 'hidden', minWidth: 0 }}
    >
      {title && (
        <Group justify="space-between" px={flush ? 'md' : 0} pt={flush ? 'md' : 0} pb="xs" gap="xs">
          <Title order={2} size="h3">
            {title}
          </Title>
          {aside}
        </Group>
      )}
      {children}
    </Paper>
  );
}
