import { words } from './words.en.ts';

/** What went wrong with a form, read out when the page comes back; lines lead to their fields. */
export function Problems({ errors }: { errors: Record<string, string> | undefined }) {
  const entries = Object.entries(errors ?? {});
  if (entries.length === 0) return null;
  return (
    <div className="cp-note" data-tone="late" role="alert">
      <p>
        <strong>{words.fixErrors}</strong>
      </p>
      <ul>
        {entries.map(([field, message]) => (
          <li key={field}>{field === 'form' ? message : <a href={`#${field}`}>{message}</a>}</li>
        ))}
      </ul>
    </div>
  );
}
