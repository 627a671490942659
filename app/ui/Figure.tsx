import { Text } from '@mantine/core';

/** A figure with its name: the name above, small; the figure large; what it means below. */
export function Figure({
  label,
  value,
  note,
  size = 20,
}: {
  label: string;
  value: React.ReactNode;
  note?: React.ReactNode;
  size?: 20 | 28;
}) {
  return (
    <div style={{ minWidth: 0 }}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fw={600} className="figures" style={{ fontSize: size, lineHeight: `${size + 8}px` }}>
        {value}
      </Text>
      {note && (
        <Text size="sm" c="dimmed" component="div">
          {note}
        </Text>
      )}
    </div>
  );
}
