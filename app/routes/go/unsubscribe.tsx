import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { consentText, purposes, type Purpose } from '#app/consent/purposes.ts';
import { readRecipient, type Recipient } from '#app/consent/recipient.server.ts';
import { resubscribe, unsubscribe } from '#app/consent/unsubscribe.server.ts';
import { words } from '#app/consent/words.en.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';
import { formatPhone } from '#app/ui/format.ts';
import { readForm } from '#app/web/form.server.ts';
import { notFound } from '#app/web/staff.server.ts';
import { withCompany, type Tx } from '#db/client.ts';

/** A look at the page changes nothing: mail scanners follow every link (RFC 8058, section 5). */
export async function loader(args: LoaderFunctionArgs) {
  if (args.params.token === 'preview')
    return { address: '', channel: 'email' as const, company: '', kind: 'test', preferences: [] };
  const { recipient } = await inRecipientsName(args, async () => {});
  return recipient;
}

/**
 * Takes an address out of a purpose or puts it back. A tick where nothing was got before is a yes, and kept with the words at
 * its box; one that stood there already is none, since nobody set it. A mail program posts `List-Unsubscribe=One-Click` by itself, without
 * cookie or origin, and is answered without a redirect (RFC 8058, section 3.2); a person posts the form below.
 */
export async function action(args: ActionFunctionArgs) {
  const form = await readForm(args.request);
  const oneClick = form.get('List-Unsubscribe') === 'One-Click';
  const all = form.has('all');
  const wanted = new Set(form.getAll('purpose').map(String));
  const { done } = await inRecipientsName(args, async (tx, messageId, recipient) => {
    if (recipient.kind === 'test') return;
    const by = { messageId, actor: 'Recipient', version: consentText.version };
    const out = {
      ...by,
      how: oneClick ? 'one_click' : 'link',
      textShown: oneClick ? consentText.oneClick : consentText.unsubscribe[recipient.channel],
    };
    if (oneClick) await unsubscribe(tx, { ...out, purpose: recipient.purpose });
    else if (all) await unsubscribe(tx, { ...out, purpose: 'all' });
    else {
      for (const { purpose, gets } of recipient.preferences) {
        if (gets && !wanted.has(purpose)) await unsubscribe(tx, { ...out, purpose });
        if (!gets && wanted.has(purpose)) {
          await resubscribe(tx, { ...by, how: 'link', textShown: wordsAt(recipient, purpose), purpose });
        }
      }
    }
  });
  return { done, stopped: oneClick || all };
}

/** What stands at the box of a purpose. */
function wordsAt({ channel, company }: Pick<Recipient, 'channel' | 'company'>, purpose: Purpose): string {
  const { label, note } = words[channel].purposes[purpose];
  return `${label}: ${note(company)}`;
}

/** Runs in the name of the recipient whom the address in the URL names. @throws 404 for an address of nobody */
async function inRecipientsName(
  { params, context }: LoaderFunctionArgs | ActionFunctionArgs,
  work: (tx: Tx, messageId: number, recipient: Recipient) => Promise<void>,
) {
  const message = readMessageToken(context.secret, params.token ?? '');
  if (!message || message.companyId !== context.hostCompanyId) throw notFound();
  return withCompany(context.db, message.companyId, async (tx) => {
    const recipient = await readRecipient(tx, message.messageId);
    if (!recipient) throw notFound();
    await work(tx, message.messageId, recipient);
    return { recipient, done: true };
  });
}

export default function Unsubscribe() {
  const { address, channel, company, kind, preferences } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  if (kind === 'test') {
    return (
      <div className="cp-stack cp-narrow">
        <h1>{words.testTitle}</h1>
        <p>{words.testText}</p>
      </div>
    );
  }
  const mine = words[channel];
  const allOut = preferences.every((preference) => preference.out);
  const cameBack = preferences.some((preference) => preference.reason === 'bounced');
  return (
    <div className="cp-stack cp-narrow">
      <h1>{mine.title}</h1>
      {result && (
        <div className="cp-note" role="status">
          <p>
            <strong>{result.stopped ? mine.stopped : words.saved}</strong>
          </p>
          {result.stopped && <p>{words.stoppedText(stoppedWhat(channel, preferences))}</p>}
        </div>
      )}
      {cameBack && <p className="cp-note">{mine.bounced}</p>}
      <p className="cp-quiet">{mine.aside}</p>
      <form method="post" className="cp-stack">
        <fieldset className="cp-choices">
          <legend>{channel === 'sms' ? formatPhone(address) : address}</legend>
          {purposes.map((purpose) => (
            <label key={purpose} className="cp-choice">
              <input
                type="checkbox"
                name="purpose"
                value={purpose}
                defaultChecked={preferences.find((preference) => preference.purpose === purpose)?.gets}
              />
              <span>
                <strong>{mine.purposes[purpose].label}</strong>
                <span className="cp-row-note">{mine.purposes[purpose].note(company)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <button className="cp-button cp-wide" type="submit">
          {words.save}
        </button>
      </form>
      {!allOut && (
        <form method="post">
          <button className="cp-plain" type="submit" name="all" value="1">
            {mine.stopAll}
          </button>
        </form>
      )}
    </div>
  );
}

/** What the person no longer gets, in words. */
function stoppedWhat(channel: 'email' | 'sms', preferences: { purpose: Purpose; out: boolean }[]): string {
  const out = preferences.filter((preference) => preference.out);
  if (out.length === preferences.length) return words[channel].everything;
  return out.map(({ purpose }) => words[channel].purposes[purpose].label.toLowerCase()).join(', ');
}
