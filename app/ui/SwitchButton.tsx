import { Form } from '@remix-run/react';

import classes from './SwitchButton.module.css';

/**
 * A switch that saves by itself: a submit button, so that it works before JavaScript and by keyboard.
 * @param name the field that is posted as `true` or `false`: what the switch should become
 */
export function SwitchButton({
  name,
  id = `switch-${name}`,
  on,
  label,
  help,
  action,
  fields = {},
  disabled = false,
}: {
  name: string;
  /** Where several of a name stand on a page, each has an id of its own. */
  id?: string;
  on: boolean;
  label: React.ReactNode;
  help?: React.ReactNode;
  /** The address that is posted to; the page's own by default. */
  action?: string;
  fields?: Record<string, string>;
  disabled?: boolean;
}) {
  return (
    <Form method="post" action={action} className={classes.row} preventScrollReset>
      {Object.entries(fields).map(([key, value]) => (
        <input key={key} type="hidden" name={key} value={value} />
      ))}
      <span>
        <span id={id} className={classes.label}>
          {label}
        </span>
        {help && (
          <span id={`${id}-help`} className={classes.help}>
            {help}
          </span>
        )}
      </span>
      <button
        type="submit"
        role="switch"
        aria-checked={on}
        aria-labelledby={id}
        aria-describedby={help ? `${id}-help` : undefined}
        name={name}
        value={on ? 'false' : 'true'}
        disabled={disabled}
        className={classes.switch}
      >
        <span className={classes.word} aria-hidden>
          {on ? 'On' : 'Off'}
        </span>
        <span className={classes.track} aria-hidden />
      </button>
    </Form>
  );
}
