import { Alert, List } from '@mantine/core';
import { useEffect, useRef } from 'react';

/** One message a field; the key is the field's id and name, or `form` for the whole. */
export type FieldErrors = Record<string, string>;

/**
 * The summary above a form that was refused: each line leads to its field. It takes the focus when it appears.
 * @param title what did not happen
 */
export function ErrorSummary({ errors, title = 'Not saved yet' }: { errors?: FieldErrors | null; title?: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors && Object.keys(errors).length > 0) box.current?.focus();
  }, [errors]);
  const entries = Object.entries(errors ?? {});
  if (entries.length === 0) return null;
  return (
    <Alert ref={box} tabIndex={-1} role="alert" color="brick" variant="light" mb="md" title={title}>
      <List size="sm" listStyleType={entries.length === 1 ? 'none' : 'disc'}>
        {entries.map(([field, message]) => (
          <List.Item key={field}>
            {field === 'form' ? (
              message
            ) : (
              <a href={`#${field}`} style={{ lineHeight: '24px', display: 'inline-block' }}>
                {message}
              </a>
            )}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
