import { Checkbox, NativeSelect, Stack, TextInput } from '@mantine/core';

import { contactKindLabels, contactKinds, type ContactForm } from './contact-kinds.ts';

/** The fields of a contact. */
export function ContactFields({
  values,
  errors,
  locations,
}: {
  values: Partial<ContactForm>;
  errors: { kind?: string; value?: string; memo?: string; location?: string };
  /** The customer's, by title. */
  locations: { id: number; title: string }[];
}) {
  return (
    <Stack gap="md">
      <NativeSelect
        id="kind"
        name="kind"
        label="Kind"
        data={contactKinds.map((kind) => ({ value: kind, label: contactKindLabels[kind] }))}
        defaultValue={values.kind ?? 'email'}
        error={errors.kind}
      />
      <TextInput
        id="value"
        name="value"
        label="Email or phone number"
        autoComplete="off"
        defaultValue={values.value}
        error={errors.value}
      />
      <TextInput
        id="memo"
        name="memo"
        label="Memo"
        description="Whose it is, or when to use it"
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        autoComplete="off"
        defaultValue={values.memo}
        error={errors.memo}
      />
      {locations.length > 0 && (
        <NativeSelect
          id="location"
          name="location"
          label="Belongs to"
          description="Campaigns never use what belongs to a location: it may be a tenant’s."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={[
            { value: '', label: 'The customer' },
            ...locations.map(({ id, title }) => ({ value: String(id), label: `Location: ${title}` })),
          ]}
          defaultValue={values.location ?? ''}
          error={errors.location}
        />
      )}
      <Checkbox
        id="primary"
        name="primary"
        label="Primary: campaigns use this one"
        defaultChecked={values.primary ?? false}
      />
    </Stack>
  );
}
