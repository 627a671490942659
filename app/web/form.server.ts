/** Far more than any form or email document of ours; files have a reader of their own. */
export const MAX_FORM_BYTES = 4 * 1024 * 1024;

/** Text as the database can keep it: no null characters, and no halves of characters, which are no UTF-8. */
export const storable = (text: string): string => Buffer.from(text.replaceAll('\0', '')).toString();

/**
 * A posted form, its text as the database can keep it. Never holds more than `MAX_FORM_BYTES`.
 * @throws 400 for a body that is no form, 413 for one that is too large
 */
export async function readForm(request: Request): Promise<FormData> {
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  const body = await readBody(request);
  const form = await new Response(body, { headers }).formData().catch(() => {
    throw unreadable();
  });
  const clean = new FormData();
  for (const [name, value] of form) clean.append(name, typeof value === 'string' ? storable(value) : value);
  return clean;
}

/** One text field of a posted form, as typed; a missing one and a file are empty. */
export const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

/**
 * The text fields of a posted form by name, as typed; missing ones and files are empty.
 * @param names which fields are looked for: nothing else is taken along
 * @throws as `readForm`
 */
export async function readFields<Name extends string>(
  request: Request,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const form = await readForm(request);
  const fields = {} as Record<Name, string>;
  for (const name of names) {
    fields[name] = textOf(form, name);
  }
  return fields;
}

/**
 * A posted JSON body, its texts as the database can keep them; null for one that is none.
 * @throws 413 for one that is too large
 */
export async function readJson(request: Request): Promise<unknown> {
  const body = await readBody(request);
  try {
    return JSON.parse(body.toString(), (_, value: unknown) => (typeof value === 'string' ? storable(value) : value));
  } catch {
    return null;
  }
}

/** What a route throws for a body that is not what its page sends. */
export const unreadable = () => new Response('This form can’t be read. Open the page again.', { status: 400 });

async function readBody(request: Request): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = () => new Response('This is too much for one form. Shorten it and try again.', { status: 413 });
  if (Number(request.headers.get('content-length')) > MAX_FORM_BYTES) throw tooLarge();
  const parts: Uint8Array[] = [];
  let size = 0;
  if (request.body) {
    // A body may come without its length.
    for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
      size += part.length;
      if (size > MAX_FORM_BYTES) throw tooLarge();
      parts.push(part);
    }
  }
  return Buffer.concat(parts);
}
