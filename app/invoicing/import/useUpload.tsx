import { useCallback, useEffect, useRef, useState } from 'react';

/** `reading`: the last byte is sent, and the server looks the file through. */
export type UploadState = { phase: 'idle' | 'sending' | 'reading'; sent: number; total: number; error: string | null };

const idle: UploadState = { phase: 'idle', sent: 0, total: 0, error: null };
const BROKEN = 'The upload broke off. Check the connection and try again.';

/** What `/imports/upload` answers. Null stands for a page, which is what one gets whose session has ended. */
type Answer = { importId?: number; error?: string } | null;

/**
 * Sends a file so that its progress can be seen, which a form does not show and `fetch` does not tell. One upload at a
 * time: `start` does nothing while one is under way. Leaving the page ends it.
 * @param onDone gets the id of the import
 */
export function useUpload(onDone: (importId: number) => void) {
  const request = useRef<XMLHttpRequest | null>(null);
  const [state, setState] = useState(idle);
  const start = useCallback(
    (file: File) => {
      if (request.current) return;
      const xhr = new XMLHttpRequest();
      request.current = xhr;
      setState({ phase: 'sending', sent: 0, total: file.size, error: null });
      const end = (error: string | null) => {
        request.current = null;
        setState({ ...idle, error });
      };
      xhr.upload.addEventListener('progress', ({ loaded, total }) => {
        const sent = Math.min(loaded, file.size);
        setState({ phase: 'sending', sent, total: Math.min(total, file.size), error: null });
      });
      xhr.upload.addEventListener('load', () =>
        setState({ phase: 'reading', sent: file.size, total: file.size, error: null }),
      );
      xhr.addEventListener('error', () => end(BROKEN));
      xhr.addEventListener('abort', () => end(null));
      xhr.addEventListener('load', () => {
        const answer = xhr.response as Answer;
        // The bar stays until the next page is there.
        if (answer?.importId) onDone(answer.importId);
        else if (xhr.status < 400) location.assign('/imports');
        else end(answer?.error ?? BROKEN);
      });
      xhr.open('POST', '/imports/upload');
      xhr.responseType = 'json';
      const form = new FormData();
      form.append('file', file);
      xhr.send(form);
    },
    [onDone],
  );
  const cancel = useCallback(() => request.current?.abort(), []);
  useEffect(() => cancel, [cancel]);
  return { state, start, cancel };
}
