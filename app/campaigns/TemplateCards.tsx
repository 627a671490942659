import { Radio, Text } from '@mantine/core';

import { emailTemplates } from '#builders/email/templates/templates.ts';

import classes from './TemplateCards.module.css';

const choices = [
  ...emailTemplates.map(({ id, name, description }) => ({ id, name, description })),
  {
    id: 'blank',
    name: 'Empty email',
    description: 'Nothing but the footer. For those who know what they want to say.',
  },
];

/** Where a new email can start from, one card each. Stands in a `Radio.Group`. */
export function TemplateCards() {
  return (
    <div className={classes.cards}>
      {choices.map((choice) => (
        <label key={choice.id} className={classes.card}>
          <Radio value={choice.id} aria-describedby={`${choice.id}-note`} aria-label={choice.name} />
          <span>
            <Text span fw={600} display="block">
              {choice.name}
            </Text>
            <Text span size="sm" c="dimmed" id={`${choice.id}-note`}>
              {choice.description}
            </Text>
          </span>
        </label>
      ))}
    </div>
  );
}
