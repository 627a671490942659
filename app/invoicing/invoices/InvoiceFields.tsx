import { NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';

import classes from '#app/invoicing/customers/CustomerFields.module.css';
import { agreementWords } from '#app/invoicing/customers/agreement-words.ts';
import type { CustomerFields } from '#app/invoicing/customers/customer-form.ts';
import { addDays, isCalendarDate } from '#app/invoicing/reports/aging.ts';
import { Section } from '#app/ui/Section.tsx';
import { formatDate } from '#app/ui/format.ts';

import type { InvoiceChoices } from './edit-form.server.ts';
import { termDays, terms, type InvoiceErrors, type InvoiceForm } from './form.ts';
import { InvoiceLines } from './InvoiceLines.tsx';

/** The fields of an invoice. @param values as stored, or as typed when the form was refused */
export function InvoiceFields({
  values,
  errors,
  choices,
  customer,
}: {
  values: InvoiceForm;
  errors: InvoiceErrors;
  choices: InvoiceChoices;
  customer: Pick<CustomerFields, 'type'>;
}) {
  const [lines, setLines] = useState(values.lines);
  const [dates, setDates] = useState({ issuedOn: values.issuedOn, terms: values.terms });
  const days = termDays(dates.terms);
  const agreement = agreementWords(customer.type).one;
  const field = (name: Exclude<keyof InvoiceForm, 'lines'>) => ({
    id: name,
    name,
    defaultValue: values[name],
    error: errors[name],
  });
  return (
    <Stack gap="md">
      {/* Enter in a field adds the lines up again, before JavaScript; no other button may be the first. */}
      <button type="submit" name="do" value="totals" className="visually-hidden" tabIndex={-1} aria-hidden="true">
        Update totals
      </button>
      <Section title="Invoice">
        <Stack gap="md">
          <div className={classes.two}>
            <TextInput label="Number" autoComplete="off" {...field('number')} />
            <TextInput
              label="What it is for"
              description="In a few words, as customers read it"
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              autoComplete="off"
              {...field('summary')}
            />
          </div>
          <div className={classes.two}>
            <TextInput
              type="date"
              label="Invoice date"
              {...field('issuedOn')}
              onChange={(event) => setDates({ ...dates, issuedOn: event.currentTarget.value })}
            />
            <NativeSelect
              label="Due"
              data={terms.map(({ value, label }) => ({ value, label }))}
              {...field('terms')}
              onChange={(event) => setDates({ ...dates, terms: event.currentTarget.value })}
            />
          </div>
          {days === null || Object.keys(errors).length > 0 ? (
            <div className={classes.two}>
              <TextInput type="date" label="Due date, where it is your own" {...field('dueOn')} />
            </div>
          ) : (
            <>
              {/* Before JavaScript nobody can open the field by choosing "own date": the form comes back with it. */}
              <input type="hidden" name="dueOn" value={values.dueOn} />
              <Text size="sm" c="dimmed">
                {isCalendarDate(dates.issuedOn) && `Due ${formatDate(addDays(dates.issuedOn, days))}`}
              </Text>
            </>
          )}
          <div className={classes.two}>
            <NativeSelect label="Job" data={[none('No job'), ...choices.jobs]} {...field('jobId')} />
            <NativeSelect
              label="Location"
              description="If not chosen, the job’s"
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              data={[none('Not chosen'), ...choices.locations]}
              {...field('locationId')}
            />
          </div>
          <div className={classes.two}>
            {choices.memberships.length > 0 && (
              <NativeSelect
                label={agreement}
                description={`Choose it on an invoice that bills it. Payment links of a ${agreement.toLowerCase()} aren’t texted.`}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                data={[none('None'), ...choices.memberships]}
                {...field('membershipId')}
              />
            )}
            {choices.businessUnits.length > 0 && (
              <NativeSelect
                label="Business unit"
                description="If not chosen, the job’s"
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                data={[none('Not chosen'), ...choices.businessUnits]}
                {...field('businessUnitId')}
              />
            )}
          </div>
        </Stack>
      </Section>
      <InvoiceLines lines={lines} errors={errors} onChange={setLines} />
      <Section title="Notes">
        <Textarea
          aria-label="Notes"
          description="Customers read them under the items."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autosize
          minRows={3}
          {...field('notes')}
        />
      </Section>
    </Stack>
  );
}

const none = (label: string) => ({ value: '', label });
