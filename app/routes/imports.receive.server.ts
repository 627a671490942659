import { unstable_parseMultipartFormData as parseMultipart, type ActionFunctionArgs } from '@remix-run/node';

import { cancelImport } from '#app/invoicing/import/imports.server.ts';
import { storeUpload, type UploadResult } from '#app/invoicing/import/upload.server.ts';
import type { StaffAccess } from '#app/web/staff.server.ts';

const NOT_A_FORM = /multipart|formdata|boundary|unexpected end|aborted|premature|malformed/i;

/**
 * Takes the field `file` of a posted form as it arrives: neither the request nor the file is ever held whole. One that
 * the person canceled meanwhile is given up.
 */
export async function receiveUpload(
  { request, context }: ActionFunctionArgs,
  staff: StaffAccess,
): Promise<UploadResult> {
  let result: UploadResult = { ok: false, error: 'Choose a CSV file to upload.' };
  if (!request.headers.get('content-type')?.startsWith('multipart/form-data')) return result;
  try {
    await parseMultipart(request, async ({ name, filename, data: bytes }) => {
      if (name !== 'file' || !filename || result.ok) {
        // Read to its end, so that the next part is found.
        for await (const _ of bytes);
        return null;
      }
      result = await storeUpload(context.db, staff.company.id, staff.actor, filename, bytes);
      return null;
    });
  } catch (error) {
    if (!(error instanceof Error) || !NOT_A_FORM.test(error.message)) throw error;
    return { ok: false, error: 'The upload broke off. Check the connection and try again.' };
  }
  // Assigned in a callback, which the compiler does not follow.
  const done = result as UploadResult;
  if (done.ok && request.signal.aborted) await staff.tx((tx) => cancelImport(tx, staff.actor, done.importId));
  return done;
}
