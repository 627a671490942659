import { PassThrough } from 'node:stream';

import {
  createReadableStreamFromReadable,
  type ActionFunctionArgs,
  type AppLoadContext,
  type EntryContext,
  type LoaderFunctionArgs,
} from '@remix-run/node';
import { isRouteErrorResponse, RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToPipeableStream } from 'react-dom/server';

/** How long a page may stream before it is cut off. */
export const streamTimeout = 15_000;

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { nonce, reference, log }: AppLoadContext,
): Promise<Response> {
  const whole = isbot(request.headers.get('user-agent') ?? '');
  return new Promise((resolve, reject) => {
    let started = false;
    const respond = () => {
      started = true;
      const body = new PassThrough();
      headers.set('content-type', 'text/html; charset=utf-8');
      headers.set('cache-control', 'no-store');
      resolve(new Response(createReadableStreamFromReadable(body), { status, headers }));
      pipe(body);
    };
    const { pipe, abort } = renderToPipeableStream(
      <RemixServer context={remixContext} url={request.url} nonce={nonce} />,
      {
        nonce,
        onShellReady: () => whole || respond(),
        onAllReady: () => whole && respond(),
        onShellError: reject,
        onError: (error) => {
          status = 500;
          if (started) log.error({ reference, err: error }, 'page failed');
        },
      },
    );
    setTimeout(abort, streamTimeout + 1000).unref();
  });
}

/** What a loader or action threw without meaning to. A request that was given up by its caller is no error. */
export function handleError(error: unknown, { request, context }: LoaderFunctionArgs | ActionFunctionArgs): void {
  // A post to a page that takes none is the caller's doing.
  if (request.signal.aborted || (isRouteErrorResponse(error) && error.status < 500)) return;
  context.log.error({ reference: context.reference, err: error }, 'page failed');
}
