import classes from './PostcardBuilder.module.css';

export type Choice<Value extends string> = {
  readonly value: Value;
  readonly name: string;
  readonly about: string;
  readonly picture?: React.ReactNode;
};

/** One of a few, as cards with a picture. They are radio buttons: the arrow keys move among them, and a form sends the chosen one. */
export function Choices<Value extends string>({
  name,
  legend,
  value,
  choices,
  onChange,
  readOnly,
  wide = false,
}: {
  name: string;
  legend: string;
  value: Value;
  choices: readonly Choice<Value>[];
  onChange: (value: Value) => void;
  readOnly: boolean;
  /** Without pictures, a choice a line where there is no room. */
  wide?: boolean;
}) {
  return (
    <fieldset className={classes.choices} disabled={readOnly}>
      <legend>{legend}</legend>
      <div className={classes.cards} data-wide={wide || undefined}>
        {choices.map((choice) => (
          <label key={choice.value} className={classes.card}>
            {choice.picture && (
              <span className={classes.picture} aria-hidden>
                {choice.picture}
              </span>
            )}
            <span className={classes.choice}>
              <input
                type="radio"
                name={name}
                value={choice.value}
                checked={value === choice.value}
                onChange={() => onChange(choice.value)}
              />
              <span>
                <span className={classes.name}>{choice.name}</span>
                <span className={classes.about}>{choice.about}</span>
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
