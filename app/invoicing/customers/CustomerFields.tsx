import { NativeSelect, Stack, Text, TextInput, Textarea } from '@mantine/core';

import { Section } from '#app/ui/Section.tsx';

import { AddressFields } from './AddressFields.tsx';
import type { CustomerErrors, CustomerForm } from './customer-form.ts';
import classes from './CustomerFields.module.css';

/** The fields of a customer. @param first true when the customer is new: then email, phone and address stand below */
export function CustomerFields({
  values,
  errors,
  first = false,
}: {
  values: Partial<CustomerForm>;
  errors: CustomerErrors;
  first?: boolean;
}) {
  const field = (name: keyof CustomerForm) => ({
    id: name,
    name,
    defaultValue: values[name] ?? '',
    error: errors[name],
  });
  return (
    <Stack gap="md">
      <Section title="Who">
        <Stack gap="md">
          <div className={classes.two}>
            <TextInput label="First name" autoComplete="off" {...field('firstName')} />
            <TextInput label="Last name" autoComplete="off" {...field('lastName')} />
          </div>
          <div className={classes.two}>
            <TextInput label="Company" autoComplete="off" {...field('companyName')} />
            <NativeSelect
              label="Type"
              data={[
                { value: 'residential', label: 'Residential' },
                { value: 'commercial', label: 'Commercial' },
              ]}
              {...field('type')}
            />
          </div>
          <TextInput
            label="Tags"
            description="Between commas, such as VIP, gate code"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="off"
            {...field('tags')}
          />
          <Textarea label="Notes" minRows={3} {...field('notes')} />
        </Stack>
      </Section>
      {first && (
        <>
          <Section title="How to reach them">
            <div className={classes.two}>
              <TextInput label="Email" inputMode="email" autoComplete="off" {...field('email')} />
              <TextInput label="Mobile" inputMode="tel" autoComplete="off" {...field('mobile')} />
            </div>
            <Text size="sm" c="dimmed" mt="xs">
              Campaigns need an email. More contacts can be added later.
            </Text>
          </Section>
          <Section title="Address">
            <AddressFields values={values} errors={errors} />
          </Section>
        </>
      )}
    </Stack>
  );
}
