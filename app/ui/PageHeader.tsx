import { Anchor, Group, Text, Title } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { Link } from '@remix-run/react';

/** A page's title, its state and its one main action on one line; where it came from above, what it is below. */
export function PageHeader({
  title,
  state,
  back,
  children,
  actions,
}: {
  title: string;
  state?: React.ReactNode;
  back?: { to: string; label: string };
  /** One plain sentence, where the title alone does not say it. */
  children?: React.ReactNode;
  actions?: React.ReactNode;
}) {
  return (
    <header>
      {back && (
        <Anchor
          component={Link}
          to={back.to}
          size="sm"
          c="dimmed"
          style={{ display: 'inline-flex', alignItems: 'center', minHeight: 24 }}
        >
          <IconChevronLeft size={16} aria-hidden />
          {back.label}
        </Anchor>
      )}
      <Group justify="space-between" align="center" gap="sm" mb={children ? 4 : 'md'} mih={36}>
        <Group gap="sm" align="center" style={{ minWidth: 0 }}>
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {state}
        </Group>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children && (
        <Text c="dimmed" mb="md" maw={720} component="div">
          {children}
        </Text>
      )}
    </header>
  );
}
