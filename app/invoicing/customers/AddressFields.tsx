import { Stack, TextInput } from '@mantine/core';

import type { Address } from './customer-form.ts';
import classes from './CustomerFields.module.css';

/** The fields of an address, as the form of a customer and that of a location have them. */
export function AddressFields({
  values,
  errors,
}: {
  values: Partial<Address>;
  errors: Partial<Record<keyof Address, string>>;
}) {
  const field = (name: keyof Address) => ({
    id: name,
    name,
    autoComplete: 'off',
    defaultValue: values[name] ?? '',
    error: errors[name],
  });
  return (
    <Stack gap="md">
      <TextInput label="Street" {...field('line1')} />
      <TextInput label="Apartment or suite" {...field('line2')} />
      <div className={classes.three}>
        <TextInput label="City" {...field('city')} />
        <TextInput label="State" {...field('state')} />
        <TextInput label="ZIP" {...field('zip')} />
      </div>
    </Stack>
  );
}
