import { Menu, ScrollArea, Text } from '@mantine/core';

import { fieldTag, mergeFields, type MergeField } from './fields.ts';

const groups = [...new Set(mergeFields.map((field) => field.group))];

/** The merge tags by group, for a menu's dropdown; each shows an example. */
export function MergeTagItems({ onPick }: { onPick: (tag: string, field: MergeField) => void }) {
  return (
    <ScrollArea.Autosize mah={360} type="auto">
      {groups.map((group) => (
        <div key={group} role="group" aria-label={group}>
          <Menu.Label>{group}</Menu.Label>
          {mergeFields
            .filter((field) => field.group === group)
            .map((field) => (
              <Menu.Item
                key={field.name}
                onClick={() => onPick(fieldTag(field), field)}
                rightSection={
                  <Text span size="xs" c="dimmed" truncate maw={120}>
                    {field.example}
                  </Text>
                }
              >
                {field.label}
              </Menu.Item>
            ))}
        </div>
      ))}
    </ScrollArea.Autosize>
  );
}
