import { Group, Progress, Text } from '@mantine/core';

import { formatCount } from './format.ts';

/** A bar with numbers: `812 of 1,204 sent`, and what is left. @param total null while it is still counted */
export function ProgressBar({
  done,
  total,
  verb,
  rest,
}: {
  done: number;
  total: number | null;
  verb: string;
  rest?: string;
}) {
  const percent = total ? Math.min(100, (done / total) * 100) : 0;
  return (
    <div>
      <Progress
        value={percent}
        size="md"
        color="steel"
        animated={total === null || done < total}
        aria-label={`${verb}: ${formatCount(done)}${total === null ? '' : ` of ${formatCount(total)}`}`}
      />
      <Group justify="space-between" mt={6} gap="xs">
        <Text size="sm" className="figures" role="status">
          {formatCount(done)}
          {total === null ? '' : ` of ${formatCount(total)}`} {verb}
        </Text>
        {rest && (
          <Text size="sm" c="dimmed" className="figures">
            {rest}
          </Text>
        )}
      </Group>
    </div>
  );
}
