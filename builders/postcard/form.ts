import { PostcardDocument, type Picture } from './document.ts';
import { whereOf, type TextKey } from './parts.ts';

/** Names of the fields that `postcardOfForm` reads; the builder's fields have them. */
export const postcardFields = [
  'size',
  'design',
  'front.headline',
  'front.offer',
  'front.picture',
  'front.pictureText',
  'back.headline',
  'back.body',
  'back.coupon',
  'back.coupon.title',
  'back.coupon.terms',
  'qr.target',
  'qr.url',
  'qr.caption',
] as const;

export type PostcardField = (typeof postcardFields)[number];

export function emptyPostcard(): PostcardDocument {
  return {
    version: 1,
    size: '4x6',
    design: 'classic',
    front: { headline: '', offer: '', picture: null, pictureText: '' },
    back: { headline: '', body: '', coupon: null },
    qr: { target: 'customer_portal', url: '', caption: '' },
  };
}

/**
 * Reads untrusted JSON as a postcard. Line ends become `\n`; nothing else is changed: what is not plain is a problem that
 * `compilePostcard` names, and typed text stays. What cannot be a postcard gives sentences by the names of their fields, or one
 * under `form`.
 */
export function parsePostcardDocument(
  input: unknown,
): { ok: true; document: PostcardDocument } | { ok: false; errors: Record<string, string> } {
  const parsed = PostcardDocument.safeParse(withLineFeeds(input));
  if (parsed.success) return { ok: true, document: parsed.data };
  const errors: Record<string, string> = {};
  for (const { code, path, message } of parsed.error.issues) {
    const field = path.join('.');
    if (code !== 'too_big' || !(postcardFields as readonly string[]).includes(field)) continue;
    errors[field] ??= field === 'qr.url' ? message : `${whereOf(field as TextKey)}: ${message}`;
  }
  if (Object.keys(errors).length === 0) errors.form = 'This is not a postcard we can read.';
  return { ok: false, errors };
}

/**
 * What a form without JavaScript sends, as `parsePostcardDocument` takes it.
 * @param fields by their names in `postcardFields`
 * @param pictures of the company: the form names one by its token, '' for none
 */
export function postcardOfForm(fields: Readonly<Record<PostcardField, string>>, pictures: readonly Picture[]): unknown {
  const picture = pictures.find(({ token }) => token === fields['front.picture']);
  const coupon = { title: fields['back.coupon.title'], terms: fields['back.coupon.terms'] };
  const target = fields['qr.target'];
  return {
    version: 1,
    size: fields.size,
    design: fields.design,
    front: {
      headline: fields['front.headline'],
      offer: fields['front.offer'],
      picture: picture ? { token: picture.token, width: picture.width, height: picture.height } : null,
      pictureText: fields['front.pictureText'],
    },
    back: {
      headline: fields['back.headline'],
      body: fields['back.body'],
      coupon: fields['back.coupon'] === '' ? null : coupon,
    },
    qr: target === '' ? null : { target, url: fields['qr.url'], caption: fields['qr.caption'] },
  };
}

function withLineFeeds(input: unknown): unknown {
  if (typeof input === 'string') return input.replace(/\r\n?/g, '\n');
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, withLineFeeds(value)]));
}
