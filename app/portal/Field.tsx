import type { InputHTMLAttributes } from 'react';

/** A labelled input; its error stands below it and is read out with it. */
export function Field({
  id,
  label,
  help,
  error,
  ...input
}: InputHTMLAttributes<HTMLInputElement> & { id: string; label: string; help?: string; error?: string }) {
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="cp-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={id}
        aria-describedby={described || undefined}
        aria-invalid={error ? true : undefined}
        {...input}
      />
      {error && (
        <p className="cp-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {help && (
        <p className="cp-quiet cp-small" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}
