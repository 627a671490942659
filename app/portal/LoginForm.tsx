import { Field } from './Field.tsx';
import { Problems } from './Notice.tsx';
import { words } from './words.en.ts';

/** The login page: what a customer without an account must find as easily as one who has it (S2-26). */
export function LoginForm({
  errors,
  email,
  ended = false,
  action = '/login',
  idPrefix = '',
}: {
  errors?: Record<string, string>;
  email?: string;
  /** The session ended before a form was sent. */
  ended?: boolean;
  action?: string;
  /** Keeps the ids apart where the form is only shown. */
  idPrefix?: string;
}) {
  return (
    <div className="cp-stack cp-narrow">
      <h1>{words.signInTitle}</h1>
      {ended && !errors && (
        <p className="cp-note" role="status">
          {words.signedOutMeanwhile}
        </p>
      )}
      <Problems errors={errors} />
      <form className="cp-stack" method="post" action={action} noValidate>
        <Field
          id={`${idPrefix}email`}
          label={words.email}
          type="email"
          autoComplete="username"
          inputMode="email"
          defaultValue={email}
          error={errors?.email}
        />
        <Field
          id={`${idPrefix}password`}
          label={words.password}
          type="password"
          autoComplete="current-password"
          error={errors?.password}
        />
        <button className="cp-button cp-wide" type="submit">
          {words.signIn}
        </button>
      </form>
      <a className="cp-plain" href="/forgot-password">
        {words.forgotPassword}
      </a>
      <div className="cp-or">
        <p>{words.newHere}</p>
        <a className="cp-button cp-second cp-wide" href="/invitation">
          {words.requestInvitation}
        </a>
      </div>
    </div>
  );
}
