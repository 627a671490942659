import type { IncomingMessage, ServerResponse } from 'node:http';

import { denied, expire, pay, type Teller } from './stripe-moves.ts';
import type { FakeSession } from './stripe-bank.ts';

/*
 * The fake's own hosted page, as a browser meets it: `GET /c/pay/<session>` shows a form, posting it pays. A card that asks its owner
 * leads to a second form, with two buttons.
 */

const dollars = (cents: number) => `$${(cents / 100).toFixed(2)}`;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const html = (body: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Checkout</title></head><body><main>${body}</main></body></html>`;

function form(session: FakeSession, error: string): string {
  const label = session.kind === 'card' ? 'Card number' : 'Account number';
  return html(`<h1>${escaped(session.name)}</h1><p>${dollars(session.amount)}</p>${error && `<p role="alert">${error}</p>`}
<form method="post"><label>${label} <input name="number" autocomplete="off" required></label>
<button>Pay</button></form><a href="${escaped(session.cancelUrl)}">Back</a>`);
}

const asking = html(`<h1>Your bank asks</h1><form method="post"><input type="hidden" name="number" value="">
<button name="bank" value="yes">Confirm</button> <button name="bank" value="no">Deny</button></form>`);

const ended = html('<h1>This page has expired</h1>');

/** Answers for the page. @param fields what was posted; null for a look at it */
export function answerPage(
  at: Teller,
  id: string,
  fields: URLSearchParams | null,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const session = at.bank.sessions.get(id);
  const show = (status: number, text: string) =>
    void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(text);
  const goTo = (location: string) => void response.writeHead(303, { location }).end();
  if (!session) return show(404, ended);
  if (session.status === 'complete') return goTo(session.successUrl);
  if (session.status === 'expired') return show(200, ended);
  if (request.method !== 'POST' || !fields) return show(200, form(session, ''));
  const bank = fields.get('bank');
  if (bank === 'no') {
    denied(at, session);
    return show(200, form(session, 'Your bank did not confirm it was you.'));
  }
  const number = bank === 'yes' ? asksNumber : (fields.get('number') ?? '').replaceAll(' ', '');
  if (!/^\d{8,19}$/.test(number)) return show(200, form(session, 'Enter a number.'));
  const became = pay(at, session, number, bank === 'yes');
  if (became === 'ask') return show(200, asking);
  if (became === 'declined') return show(200, form(session, 'Your card was declined.'));
  goTo(session.successUrl);
}

const asksNumber = '4000002760003184';

/** A day goes by: every page that is still open ends. */
export function endPages(at: Teller): void {
  for (const session of at.bank.sessions.values()) if (session.status === 'open') expire(at, session);
}
