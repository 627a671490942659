import { fieldTag, mergeFields } from '#builders/merge/fields.ts';

import classes from './InvoiceTags.module.css';

/** The tags that the invoice email understands, to copy. */
export function InvoiceTags() {
  return (
    <details>
      <summary className={classes.summary}>Tags that you can use</summary>
      <dl className={classes.list}>
        <dt>{'{CustomerPortalLink}'}</dt>
        <dd>Address of your Customer Portal, where customers sign in</dd>
        <dt>{'{{ links.pay_invoice }}'}</dt>
        <dd>Address of the page where this invoice is paid, without signing in</dd>
        {mergeFields.map((field) => (
          <div key={field.name} style={{ display: 'contents' }}>
            <dt>{fieldTag(field)}</dt>
            <dd>
              {field.label}, such as {field.example}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
