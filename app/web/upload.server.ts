import { unstable_parseMultipartFormData as parseMultipart } from '@remix-run/node';

import { MAX_FORM_BYTES, storable, unreadable } from './form.server.ts';

/** Put in place of a file that was too large, so that the other fields are still read and shown again. */
export const TOO_LARGE = 'too large';

/**
 * Reads a form that may hold files, in bounded memory: what goes beyond the limits is read to its end and dropped.
 * @param maxFileBytes of all files together
 * @returns the form; a dropped file's field holds the text `TOO_LARGE`, an empty one is left out
 * @throws 400 for a body that is no such form
 */
export async function readUploadForm(request: Request, maxFileBytes: number): Promise<FormData> {
  const left = { file: maxFileBytes, text: MAX_FORM_BYTES };
  const form = parseMultipart(request, async ({ data, filename, contentType }) => {
    const kind = filename === undefined ? 'text' : 'file';
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of data) {
      size += part.length;
      if (size <= left[kind]) parts.push(part);
      else parts.length = 0;
    }
    const fits = size <= left[kind];
    if (fits) left[kind] -= size;
    if (kind === 'text') return storable(new TextDecoder().decode(Buffer.concat(parts)));
    if (!fits) return TOO_LARGE;
    return size === 0 ? undefined : new File([Buffer.concat(parts)], filename!, { type: contentType });
  });
  return form.catch(() => {
    throw unreadable();
  });
}
