import { parsePhoneNumberFromString } from 'libphonenumber-js';

import { isNothing, unwrap } from './cells.ts';
import type { Phone, PhoneKind } from './records.ts';

const LABEL =
  /(?:^|(?<=[\s,;/|]))(main phone|mobile phone|cell phone|home phone|work phone|office phone|phone|main|mobile|cell(?:ular)?|text|sms|home|work|office|business|landline|other|tel(?:ephone)?|alt(?:ernate)?|fax|[mchwpof])\s*[:.]\s*(?=[+(\d])/gi;

/**
 * The phone numbers of a cell, several of them too: `Phone:(850) 555-0101  Mobile:(850) 555-0102`. A label in the cell
 * outweighs `column`, the kind that the column's name stands for. Numbers without a country are American. Fax numbers
 * are left out. `bad` are the pieces that are no phone numbers.
 */
export function parsePhones(cell: string, column: PhoneKind): { phones: Phone[]; bad: string[] } {
  const phones: Phone[] = [];
  const bad: string[] = [];
  for (const { label, value } of labelled(unwrap(cell))) {
    if (/^(?:fax|f)$/.test(label)) continue;
    const kind = label === '' ? column : kindOf(label);
    for (const piece of value.split(/[,;|\n\r]+|\s\/\s|\s{2,}|\s+(?:or|and)\s+/i)) {
      const raw = piece.trim();
      if (isNothing(raw)) continue;
      const number = raw.length <= 60 ? parsePhoneNumberFromString(raw, 'US') : undefined;
      if (number?.isValid()) phones.push({ kind, e164: number.number, raw });
      else bad.push(raw.slice(0, 60));
    }
  }
  return { phones: distinctPhones(phones), bad };
}

function labelled(cell: string): { label: string; value: string }[] {
  const marks = [...cell.matchAll(LABEL)];
  const first = marks[0];
  if (!first) return [{ label: '', value: cell }];
  const pieces = [{ label: '', value: cell.slice(0, first.index) }];
  marks.forEach((mark, i) => {
    const value = cell.slice(mark.index + mark[0].length, marks[i + 1]?.index);
    pieces.push({ label: (mark[1] ?? '').toLowerCase(), value });
  });
  return pieces;
}

function kindOf(label: string): PhoneKind {
  if (/^(?:mobile|cell|text|sms|m$|c$)/.test(label)) return 'mobile';
  if (/^(?:home|work|office|business|landline|h$|w$|o$)/.test(label)) return 'landline';
  return 'other';
}

/** One entry a number; where the same number stands twice, the one whose kind is known stays. */
export function distinctPhones(phones: Phone[]): Phone[] {
  const byNumber = new Map<string, Phone>();
  const weight = { mobile: 2, landline: 1, other: 0 };
  for (const phone of phones) {
    const known = byNumber.get(phone.e164);
    if (!known || weight[phone.kind] > weight[known.kind]) byNumber.set(phone.e164, phone);
  }
  return [...byNumber.values()];
}

const EMAIL =
  /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]{0,61}[\p{L}\p{N}]$/u;

/** One address, trimmed and in small letters, or null when it is none (RFC 5321 lengths; no quoted local parts). */
export function parseEmail(text: string): string | null {
  const inner = /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text;
  const email = inner
    .trim()
    .replace(/^mailto:/i, '')
    .toLowerCase();
  const local = email.split('@')[0] ?? '';
  if (email.length > 254 || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return null;
  return EMAIL.test(email) ? email : null;
}

/** The email addresses of a cell, several of them too, each once, in small letters. `bad` are the pieces that are none. */
export function parseEmails(cell: string): { emails: string[]; bad: string[] } {
  const emails = new Set<string>();
  const bad: string[] = [];
  const plain = unwrap(cell).replace(/"[^"]*"(?=\s*<)/g, '');
  for (const piece of plain.split(/[,;|\n\r]+/)) {
    const whole = piece.trim();
    if (isNothing(whole)) continue;
    const parts = whole.includes('<') ? [whole] : whole.split(/\s+|\/(?=[^/]*@)/);
    for (const part of parts) {
      const email = parseEmail(part);
      if (email) emails.add(email);
      else if (part !== '') bad.push(part.slice(0, 80));
    }
  }
  return { emails: [...emails], bad };
}
