import type { ServerResponse } from 'node:http';

/** A page for whoever is outside of every company's pages: one sentence of ours, readable on a phone. */
export function bare(res: ServerResponse, status: number, sentence: string): void {
  const style = 'max-width: 24rem; margin: 20vh auto; padding: 0 1rem; font: 1.125rem/1.5 system-ui, sans-serif';
  const html = Buffer.from(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${sentence}</title><body style="color: #1d2420; background: #fff"><main style="${style}">${sentence}</main></body></html>
`);
  res.statusCode = status;
  res.setHeader('content-type', 'text/html; charset=utf-8');
  res.setHeader('content-length', html.length);
  res.end(html);
}
