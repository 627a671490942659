import { MethodName, methodName } from './MethodName.tsx';
import { Problems } from './Notice.tsx';
import { payWords } from './pay-words.en.ts';
import type { SavedMethod } from './saved-method.ts';

/** What each customer of the login has saved. @param names whether the customers' names stand above */
export function SavedMethods({
  customers,
  names,
}: {
  customers: { id: number; name: string; methods: (SavedMethod & { usable: boolean })[] }[];
  names: boolean;
}) {
  const filled = customers.filter((customer) => customer.methods.length > 0);
  if (filled.length === 0) {
    return (
      <div className="cp-note">
        <p>
          <strong>{payWords.savedNone}</strong>
        </p>
        <p>{payWords.savedNoneText}</p>
      </div>
    );
  }
  return filled.map((customer) => (
    <section className="cp-stack" key={customer.id} aria-label={customer.name}>
      {names && <h2>{customer.name}</h2>}
      <ul className="cp-list">
        {customer.methods.map((method) => (
          <li className="cp-row" data-plain key={method.id}>
            <div className="cp-tight">
              <MethodName method={method} />
              {!method.usable && <span className="cp-row-note">{payWords.savedElsewhere}</span>}
            </div>
            <a
              className="cp-plain"
              href={`/payment-methods/${method.id}/remove`}
              aria-label={payWords.removeOf(methodName(method))}
            >
              {payWords.remove}
            </a>
          </li>
        ))}
      </ul>
    </section>
  ));
}

/** Asks once. */
export function RemoveMethod({ method, errors }: { method: SavedMethod; errors: Record<string, string> | undefined }) {
  const name = methodName(method);
  return (
    <div className="cp-stack cp-narrow">
      <h1>{payWords.removeTitle(name)}</h1>
      <Problems errors={errors} />
      <p>{payWords.removeText}</p>
      <form method="post" className="cp-stack">
        <button className="cp-button cp-wide" type="submit">
          {payWords.removeOf(name)}
        </button>
      </form>
      <p>
        <a className="cp-plain" href="/payment-methods">
          {payWords.keep}
        </a>
      </p>
    </div>
  );
}
