import { Button, Chip, Group, MultiSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';

import type { AudienceChoices } from '#app/audiences/choices.server.ts';
import { amountField, type AudienceFields } from '#app/audiences/form.ts';
import type { AudienceRules } from '#app/audiences/rules.ts';
import { Section } from '#app/ui/Section.tsx';

import classes from './AudienceStep.module.css';

const ages = [
  { label: 'All overdue', min: '1', max: '' },
  { label: '1 to 30 days', min: '1', max: '30' },
  { label: '31 to 60 days', min: '31', max: '60' },
  { label: '61 to 90 days', min: '61', max: '90' },
  { label: 'More than 90 days', min: '91', max: '' },
] as const;

/** More choices than these are searched rather than shown at once. */
const CHIPS = 24;

/** The audience's rules as controls in plain words. */
export function AudienceFieldset({
  rules,
  fields,
  errors,
  choices,
  onPreset,
}: {
  rules: AudienceRules;
  /** What was typed and refused: it stays. */
  fields?: AudienceFields;
  errors: Record<string, string>;
  choices: AudienceChoices;
  onPreset: () => void;
}) {
  const min = useRef<HTMLInputElement>(null);
  const max = useRef<HTMLInputElement>(null);
  const typed = (name: string, stored: string) => {
    const value = fields?.[name];
    return (Array.isArray(value) ? value[0] : value) ?? stored;
  };
  const preset = (from: string, to: string) => {
    if (min.current) min.current.value = from;
    if (max.current) max.current.value = to;
    onPreset();
  };
  const number = { inputMode: 'numeric', autoComplete: 'off' } as const;
  return (
    <>
      <Section title="Which unpaid invoices">
        <Stack gap="md">
          <div>
            <Group gap={6} mb="xs" role="group" aria-label="Quick choices for days overdue">
              {ages.map((age) => (
                <Button
                  key={age.label}
                  variant="default"
                  size="compact-sm"
                  fw={500}
                  onClick={() => preset(age.min, age.max)}
                >
                  {age.label}
                </Button>
              ))}
            </Group>
            <div className={classes.pair}>
              <TextInput
                ref={min}
                id="daysOverdueMin"
                name="daysOverdueMin"
                label="Days overdue, at least"
                defaultValue={typed('daysOverdueMin', String(rules.daysOverdueMin ?? ''))}
                error={errors.daysOverdueMin}
                {...number}
              />
              <TextInput
                ref={max}
                id="daysOverdueMax"
                name="daysOverdueMax"
                label="At most"
                placeholder="Any"
                defaultValue={typed('daysOverdueMax', String(rules.daysOverdueMax ?? ''))}
                error={errors.daysOverdueMax}
                {...number}
              />
            </div>
            <Text size="sm" c="dimmed" mt={6}>
              Leave the first box empty to take invoices that are not due yet too.
            </Text>
          </div>
          <div className={classes.pair}>
            <TextInput
              id="owedMin"
              name="owedMin"
              label="Owed, at least"
              placeholder="Any"
              leftSection="$"
              defaultValue={typed('owedMin', amountField(rules.owedMinCents))}
              error={errors.owedMin}
              {...number}
              inputMode="decimal"
            />
            <TextInput
              id="owedMax"
              name="owedMax"
              label="At most"
              placeholder="Any"
              leftSection="$"
              defaultValue={typed('owedMax', amountField(rules.owedMaxCents))}
              error={errors.owedMax}
              {...number}
              inputMode="decimal"
            />
          </div>
          {choices.businessUnits.length > 0 && (
            <Several
              name="businessUnitIds"
              label="Business units"
              note="None chosen means all of them."
              chosen={rules.businessUnitIds.map(String)}
              options={choices.businessUnits.map((unit) => ({ value: String(unit.id), label: unit.name }))}
              onChange={onPreset}
            />
          )}
        </Stack>
      </Section>
      <Section title="Which customers">
        <Stack gap="md">
          <Radio.Group
            name="customerType"
            label="Type"
            defaultValue={typed('customerType', rules.customerType)}
            error={errors.customerType}
          >
            <Group gap="md" mt={6}>
              <Radio value="any" label="Any" />
              <Radio value="residential" label="Residential" />
              <Radio value="commercial" label="Commercial" />
            </Group>
          </Radio.Group>
          {choices.tags.length > 0 && (
            <>
              <Several
                name="tagsAny"
                label="Has one of these tags"
                note="None chosen means with or without tags."
                chosen={rules.tagsAny}
                options={tagOptions(choices.tags, rules.tagsAny)}
                onChange={onPreset}
              />
              <Several
                name="tagsNone"
                label="Has none of these tags"
                chosen={rules.tagsNone}
                options={tagOptions(choices.tags, rules.tagsNone)}
                error={errors.tagsNone}
                onChange={onPreset}
              />
            </>
          )}
        </Stack>
      </Section>
      <Section title="How many messages">
        <Radio.Group
          name="per"
          aria-label="How many messages"
          defaultValue={typed('per', rules.per)}
          error={errors.per}
        >
          <Stack gap="xs">
            <Radio
              value="customer"
              label="One for each customer"
              description="About their oldest unpaid invoice that matches."
            />
            <Radio
              value="invoice"
              label="One for each invoice"
              description="A customer with three matching invoices gets three emails."
            />
          </Stack>
        </Radio.Group>
      </Section>
    </>
  );
}

/** A tag that no customer has any more stays visible while a rule names it. */
const tagOptions = (tags: string[], chosen: string[]) =>
  [...new Set([...chosen, ...tags])].map((tag) => ({ value: tag, label: tag }));

/** Any number of choices: chips while they are few, a searchable box when they are many. */
function Several({
  name,
  label,
  note,
  chosen,
  options,
  error,
  onChange,
}: {
  name: string;
  label: string;
  note?: string;
  chosen: string[];
  options: { value: string; label: string }[];
  error?: string;
  onChange: () => void;
}) {
  const [many, setMany] = useState(chosen);
  if (options.length > CHIPS) {
    return (
      <div>
        <MultiSelect
          id={name}
          label={label}
          description={note}
          data={options}
          value={many}
          onChange={(value) => {
            setMany(value);
            setTimeout(onChange); // once the fields below stand in the form
          }}
          error={error}
          searchable
          hidePickedOptions
          maw={480}
        />
        {many.map((value) => (
          <input key={value} type="hidden" name={name} value={value} />
        ))}
      </div>
    );
  }
  return (
    <div role="group" aria-label={label} id={name}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      {note && (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
      <Group gap={6} mt={6}>
        {options.map((option) => (
          <Chip
            key={option.value}
            name={name}
            value={option.value}
            defaultChecked={chosen.includes(option.value)}
            variant="outline"
            size="sm"
            radius="md"
          >
            {option.label}
          </Chip>
        ))}
      </Group>
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" mt={4}>
          {error}
        </Text>
      )}
    </div>
  );
}
