import { Center, Stack, Text, Title } from '@mantine/core';

/** What this is, why it is empty, and the next step. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children: React.ReactNode;
  action?: React.ReactNode;
}) {
  return (
    <Center py={48} px="md">
      <Stack gap="xs" align="center" maw={420} ta="center">
        <Title order={2} size="h2">
          {title}
        </Title>
        <Text component="div" c="dimmed">
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}
