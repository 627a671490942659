import { unstable_parseMultipartFormData as parseMultipart } from '@remix-run/node';

/** Put in place of a file that was too large, so that the other fields are still read and shown again. */
export const TOO_LARGE = 'too large';

/**
 * Reads a form that may hold files, in bounded memory: a file over the limit is read to its end and dropped.
 * @returns the form; a dropped file's field holds the text `TOO_LARGE`, an empty one is left out
 */
export function readUploadForm(request: Request, maxFileBytes: number): Promise<FormData> {
  return parseMultipart(request, async ({ data, filename, contentType }) => {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of data) {
      size += part.length;
      if (size <= maxFileBytes) parts.push(part);
      else parts.length = 0;
    }
    if (filename === undefined) return new TextDecoder().decode(Buffer.concat(parts));
    if (size > maxFileBytes) return TOO_LARGE;
    return size === 0 ? undefined : new File([Buffer.concat(parts)], filename, { type: contentType });
  });
}
