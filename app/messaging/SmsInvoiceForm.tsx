import { Button, Text } from '@mantine/core';
import { Form, Link } from '@remix-run/react';

import { formatMoment, formatNoun, formatPhone } from '#app/ui/format.ts';
import { Section } from '#app/ui/Section.tsx';
import { countText } from '#builders/sms/segments.ts';

import type { SmsInvoiceErrors, SmsInvoiceForm as Values } from './sms-invoice.ts';
import type { SmsInvoiceNumber } from './sms-invoice-numbers.server.ts';
import { PhoneText } from './Phone.tsx';
import classes from './SmsInvoiceForm.module.css';

type Props = {
  numbers: SmsInvoiceNumber[];
  /** Where the work was done, or null. */
  location: string | null;
  /** The text as it will go out; its link is a sample. */
  preview: string;
  values: Partial<Values>;
  errors: SmsInvoiceErrors;
  formKey: string;
  timeZone: string;
  sending: boolean;
  /** Where *Cancel* leads. */
  back: string;
};

/** A number of the record or a new one, what it will say, and *Send* (S1-12 to S1-14). Plain fields: it works before JavaScript. */
export function SmsInvoiceForm(props: Props) {
  const { numbers, preview, values, errors, formKey, sending, back } = props;
  const first = numbers.find((one) => one.refused === null);
  const chosen = values.to ?? (first ? String(first.contactId) : 'new');
  const { parts } = countText(preview);
  return (
    <Form method="post" noValidate className={classes.columns}>
      <input type="hidden" name="key" value={formKey} />
      <Section title="Recipient">
        <fieldset className={classes.choices} id="to" aria-describedby={errors.to ? 'to-error' : undefined}>
          <legend className="visually-hidden">Choose a number</legend>
          {errors.to && <Problem id="to-error">{errors.to}</Problem>}
          {numbers.map((one) => (
            <Choice key={one.contactId} number={one} checked={chosen === String(one.contactId)} {...props} />
          ))}
          <div className={classes.new}>
            <label className={classes.choice}>
              <input type="radio" name="to" value="new" defaultChecked={chosen === 'new'} />
              <span>Use a New Number</span>
            </label>
            <NewNumber {...props} />
          </div>
        </fieldset>
      </Section>
      <div className={classes.text}>
        <Section title="The text">
          <PhoneText>{preview}</PhoneText>
          <Text size="sm" c="dimmed" mt="xs">
            {formatNoun(parts, 'part')}. The link is made for this customer when you send, and the amount is what is
            owed when it goes out. The words can’t be changed.
          </Text>
        </Section>
        <div className={classes.buttons}>
          <Button type="submit" loading={sending} className={classes.send}>
            Send
          </Button>
          <Button variant="default" component={Link} to={back} className={classes.send}>
            Cancel
          </Button>
        </div>
      </div>
    </Form>
  );
}

function Choice({ number, checked, location, timeZone }: Props & { number: SmsInvoiceNumber; checked: boolean }) {
  const { contactId, value, memo, whose, refused, opensAt } = number;
  const about = [memo, whose === 'location' && (location ?? 'a location')].filter(Boolean).join(' · ');
  return (
    <label className={classes.choice} data-refused={refused !== null || undefined}>
      <input
        type="radio"
        name="to"
        value={contactId}
        defaultChecked={checked && !refused}
        disabled={refused !== null}
      />
      <span>
        <span className="figures">{formatPhone(value)}</span>
        {about && <span className={classes.quiet}> {about}</span>}
        {refused && <span className={classes.why}>{refused}</span>}
        {opensAt && (
          <span className={classes.why}>
            It is outside of the hours for texts there. Sent now, it goes out {formatMoment(opensAt, timeZone)}, with
            what is owed then.
          </span>
        )}
      </span>
    </label>
  );
}

function NewNumber({ values, errors, location }: Props) {
  const saves = [
    { value: '', label: 'Use it this once' },
    { value: 'customer', label: 'Save to Customer Record' },
    ...(location === null ? [] : [{ value: 'location', label: 'Save to Location Record', note: location }]),
  ];
  return (
    <div className={classes.fields}>
      <label className={classes.field}>
        Mobile number
        <input
          id="newNumber"
          className="touch-input"
          name="newNumber"
          type="tel"
          autoComplete="off"
          defaultValue={values.newNumber}
          aria-invalid={errors.newNumber ? true : undefined}
          aria-describedby={errors.newNumber ? 'newNumber-error' : undefined}
        />
      </label>
      {errors.newNumber && <Problem id="newNumber-error">{errors.newNumber}</Problem>}
      <fieldset className={classes.choices} id="save">
        <legend className={classes.legend}>Keep it</legend>
        {saves.map((save) => (
          <label key={save.value} className={classes.choice}>
            <input type="radio" name="save" value={save.value} defaultChecked={(values.save ?? '') === save.value} />
            <span>
              {save.label}
              {save.note && <span className={classes.quiet}> {save.note}</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {errors.save && <Problem id="save-error">{errors.save}</Problem>}
      <label className={classes.field}>
        Whose it is <span className={classes.quiet}>optional, kept with the number</span>
        <input
          id="memo"
          name="memo"
          className="touch-input"
          autoComplete="off"
          defaultValue={values.memo}
          maxLength={200}
        />
      </label>
      {errors.memo && <Problem id="memo-error">{errors.memo}</Problem>}
    </div>
  );
}

function Problem({ id, children }: { id: string; children: React.ReactNode }) {
  return (
    <p id={id} className={classes.problem}>
      {children}
    </p>
  );
}
