import type { NextFunction, Request, Response } from 'express';
import { nanoid } from 'nanoid';
import type { Logger } from 'pino';

import type { Locals } from './express.server.ts';

/** Gives each request a reference, by which a page that failed and the line in the log find each other. */
export function giveReference(_req: Request, res: Response, next: NextFunction) {
  res.locals.reference = nanoid(10);
  next();
}

/** What fails outside of the pages, such as a database that is being started again. Four parameters tell Express so. */
export function failed(log: Logger) {
  return (error: unknown, req: Request, res: Response, _next: NextFunction) => {
    log.error({ reference: reference(res), err: error }, 'request failed');
    if (res.headersSent) return void res.destroy();
    answerFailure(req, res);
  };
}

/**
 * Where not even an error boundary can be shown (an address that only takes posts, a page that can't be rendered) Remix answers
 * with a bare line of text. The person gets our page instead. What failed was logged already, with the same reference.
 */
export function replaceBareFailures(req: Request, res: Response, next: NextFunction) {
  const write = res.write.bind(res);
  const end = res.end.bind(res);
  const restore = () => Object.assign(res, { write, end });
  const isBare = () =>
    !res.headersSent && res.statusCode === 500 && /^text\/plain\b/.test(res.get('content-type') ?? '');
  const replacement = {
    write: (...args: Parameters<typeof write>) => isBare() || restore().write(...args),
    end: (...args: Parameters<typeof end>) => {
      const bare = isBare();
      restore();
      if (!bare) return res.end(...args);
      answerFailure(req, res);
      return res;
    },
  };
  Object.assign(res, replacement);
  next();
}

/** A page of its own, since nothing else may be standing: no script, no stack, and outside of the office no name either. */
function answerFailure(req: Request, res: Response) {
  res.status(500).set({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
  });
  const title = 'Something went wrong on our side';
  const text = [whatToDo(req), inOffice(res) ? 'If it stays, tell your administrator the reference.' : ''];
  const kind = req.accepts(['html', 'json']);
  if (kind === 'json') return res.json({ error: `${title}. Try again in a moment.`, reference: reference(res) });
  if (!kind) return res.type('text').send(`${title}. Reference: ${reference(res)}\n`);
  res.type('html').send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  body { margin: 15vh auto; max-width: 30rem; padding: 0 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: #1d2420; background: #fff }
  h1 { font-size: 1.25rem; line-height: 1.3 }
  p { color: #5c665f }
  a { color: #1e6b52 }
</style>
<main>
<h1>${title}</h1>
<p>${text.filter(Boolean).join(' ')}</p>
<p>Reference: <strong>${reference(res)}</strong></p>
<p><a href="/">Go to the start page</a></p>
</main>
</html>
`);
}

function whatToDo(req: Request): string {
  if (req.method === 'GET' || req.method === 'HEAD') return 'Nothing is lost. Reload this page in a moment.';
  return 'What you typed is not lost: go back to it, or reload this page in a moment to send it again.';
}

/** A failure may come before the host is known; then nothing is said that only one of them would say. */
const inOffice = (res: Response) => (res.locals as Partial<Locals>).area?.area === 'office';

const reference = (res: Response) => (res.locals as Locals).reference;
