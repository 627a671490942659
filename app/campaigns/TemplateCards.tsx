import { Radio, Text } from '@mantine/core';

import { emailTemplates } from '#builders/email/templates/templates.ts';
import { postcardTemplates } from '#builders/postcard/templates.ts';
import { smsTemplates } from '#builders/sms/templates.ts';

import classes from './TemplateCards.module.css';

type Choice = { id: string; name: string; description: string };

const emails: readonly Choice[] = [
  ...emailTemplates,
  {
    id: 'blank',
    name: 'Empty email',
    description: 'Nothing but the footer. For those who know what they want to say.',
  },
];

const texts: readonly Choice[] = [
  ...smsTemplates,
  { id: 'blank-text', name: 'Empty text', description: 'Nothing but the line on how to stop texts.' },
];

const postcards: readonly Choice[] = [
  ...postcardTemplates,
  { id: 'blank-postcard', name: 'Empty postcard', description: 'Nothing but a QR code to the Customer Portal.' },
];

/** Where a new campaign can start from, one card each, by channel. Stands in a `Radio.Group`. */
export function TemplateCards() {
  return (
    <>
      <Cards label="By email" choices={emails} />
      <Cards label="By text" choices={texts} />
      <Cards label="By mail" choices={postcards} />
    </>
  );
}

function Cards({ label, choices }: { label: string; choices: readonly Choice[] }) {
  return (
    <div role="group" aria-label={label}>
      <Text size="sm" fw={600} mt="md" mb="xs">
        {label}
      </Text>
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
    </div>
  );
}
