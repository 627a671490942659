import { Field } from './Field.tsx';
import { Problems } from './Notice.tsx';
import { words } from './words.en.ts';

/** Asks for an email address, then says what happens next. */
export function AskForLink({
  company,
  reset,
  result,
}: {
  company: string;
  reset: boolean;
  result?: { sent: string | null; email: string; errors: Record<string, string> };
}) {
  if (result?.sent) {
    return (
      <div className="cp-stack cp-narrow" role="status">
        <h1>{words.sentTitle}</h1>
        <p>{words.sentText(result.sent)}</p>
        <p className="cp-quiet">{words.sentHelp(company)}</p>
        <p>
          <a className="cp-plain" href="/login">
            {words.backToSignIn}
          </a>
        </p>
      </div>
    );
  }
  return (
    <div className="cp-stack cp-narrow">
      <h1>{reset ? words.resetTitle : words.invitationTitle}</h1>
      <p>{reset ? words.resetText : words.invitationText(company)}</p>
      <Problems errors={result?.errors} />
      <form className="cp-stack" method="post" action={reset ? '/forgot-password' : '/invitation'} noValidate>
        <Field
          id="email"
          label={words.email}
          type="email"
          inputMode="email"
          autoComplete="email"
          defaultValue={result?.email}
          error={result?.errors.email}
        />
        <button className="cp-button cp-wide" type="submit">
          {words.send}
        </button>
      </form>
      <p>
        <a className="cp-plain" href="/login">
          {words.backToSignIn}
        </a>
      </p>
    </div>
  );
}
