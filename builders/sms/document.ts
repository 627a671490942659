import { z } from 'zod';

/** Most characters of a text (UTF-16 units), as it is typed and as it is sent: Twilio takes 1,600 and refuses more. */
export const TEXT_LIMIT = 1_600;

/** A stored text: what was typed, with its merge tags. */
export const SmsDocument = z.object({
  version: z.literal(1),
  text: z
    .string()
    .transform(cleanTyped)
    .pipe(
      z
        .string()
        .max(TEXT_LIMIT, { error: (issue) => tooLong(typeof issue.input === 'string' ? issue.input.length : 0) }),
    ),
});

export type SmsDocument = z.infer<typeof SmsDocument>;

export function emptySms(): SmsDocument {
  return { version: 1, text: '' };
}

/**
 * Reads untrusted JSON as a text. Line ends become `\n`, a tab a space, other control characters go; nothing else is changed.
 * What cannot be a text, or is too long, gives one plain sentence.
 */
export function parseSmsDocument(input: unknown): { ok: true; document: SmsDocument } | { ok: false; error: string } {
  const parsed = SmsDocument.safeParse(input);
  if (parsed.success) return { ok: true, document: parsed.data };
  const issue = parsed.error.issues.find(({ code }) => code === 'too_big');
  return { ok: false, error: issue?.message ?? 'This is not a text we can read.' };
}

/**
 * Typed text without what no message may carry. Two private-use characters go too: they mark links while a text is put
 * together.
 */
export function cleanTyped(typed: string): string {
  return typed
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ue000-\ue003]/g, '');
}

function tooLong(length: number): string {
  const over = (length - TEXT_LIMIT).toLocaleString('en-US');
  return `A text can have ${TEXT_LIMIT.toLocaleString('en-US')} characters at most. Take out ${over}.`;
}
