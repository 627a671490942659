import { Button, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';

import { Section } from '#app/ui/Section.tsx';
import { formatMoney } from '#app/ui/format.ts';

import { changedLines, isBlank, typedPrice, type InvoiceErrors, type TypedLine } from './form.ts';
import { sumLines } from './price.ts';
import classes from './InvoiceLines.module.css';

/**
 * The items of an invoice while they are typed, with what they come to. Its buttons post the form before JavaScript and change the
 * lines in place with it.
 */
export function InvoiceLines({
  lines,
  errors,
  onChange,
}: {
  lines: TypedLine[];
  errors: InvoiceErrors;
  onChange: (lines: TypedLine[]) => void;
}) {
  const prices = lines.map((line) => (isBlank(line) ? null : typedPrice(line)));
  const sum = sumLines(prices.filter((price) => price !== null));
  const change = (event: React.MouseEvent, what: string) => {
    event.preventDefault();
    onChange(changedLines(lines, what));
  };
  return (
    <Section title="Items">
      <div className={classes.head} aria-hidden>
        <span>Description</span>
        <span>Quantity</span>
        <span>Price</span>
        <span>Tax %</span>
        <span className={classes.right}>Amount</span>
      </div>
      <ol className={classes.lines}>
        {lines.map((line, index) => {
          const field = (name: keyof TypedLine, column: string, label: string) => ({
            id: `line-${index}-${column}`,
            name: column,
            label,
            value: line[name],
            error: errors[`line-${index}-${column}`],
            onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
              const { value } = event.currentTarget;
              onChange(lines.map((one, at) => (at === index ? { ...one, [name]: value } : one)));
            },
            autoComplete: 'off',
            classNames: { label: classes.label },
          });
          const price = prices[index];
          return (
            // A line has no name of its own; what is typed stands in the state, not in the element.
            <li key={index} className={classes.line} aria-label={`Item ${index + 1}`}>
              <Textarea autosize minRows={1} maxRows={8} {...field('description', 'description', 'Description')} />
              <TextInput inputMode="decimal" {...field('quantity', 'quantity', 'Quantity')} />
              <TextInput inputMode="decimal" {...field('price', 'price', 'Price')} />
              <TextInput inputMode="decimal" {...field('tax', 'tax', 'Tax %')} />
              <div className={`${classes.amount} figures`}>
                <span className={classes.phone}>Amount</span> {price ? formatMoney(price.netCents) : '–'}
              </div>
              <Button
                type="submit"
                name="do"
                value={`remove-${index}`}
                variant="subtle"
                color="gray"
                size="sm"
                px={8}
                className={classes.remove}
                aria-label={`Remove item ${index + 1}`}
                onClick={(event) => change(event, `remove-${index}`)}
              >
                <IconTrash size={16} aria-hidden />
              </Button>
            </li>
          );
        })}
      </ol>
      <div className={classes.foot}>
        <Button
          type="submit"
          name="do"
          value="add"
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={(event) => change(event, 'add')}
        >
          Add item
        </Button>
        <dl className={`${classes.sums} figures`}>
          <dt>Subtotal</dt>
          <dd>{formatMoney(sum.netCents)}</dd>
          <dt>Tax</dt>
          <dd>{formatMoney(sum.taxCents)}</dd>
          <dt className={classes.total}>Total</dt>
          <dd className={classes.total}>
            <span role="status">{formatMoney(sum.totalCents)}</span>
          </dd>
        </dl>
      </div>
      <p className={classes.note}>
        Each line is rounded to the cent, and its tax too. A discount is a line with a minus, such as -25.00.
      </p>
    </Section>
  );
}
