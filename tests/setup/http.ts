import { request as httpRequest } from 'node:http';

export type Answer = { status: number; headers: Record<string, string>; cookies: string[]; body: string };

/**
 * A plain HTTP request as no browser or fetch would allow it: any Host, no Origin unless given. `*.localhost` is reached
 * on the loopback address, as browsers do.
 * @param form sent url-encoded, with the page's own origin unless `origin` says otherwise (null: none)
 */
export function send(
  url: string,
  options: {
    method?: string;
    form?: Record<string, string> | [string, string][];
    cookie?: string;
    origin?: string | null;
    headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
  const at = new URL(url);
  const body = options.form ? new URLSearchParams(options.form).toString() : undefined;
  const method = options.method ?? (body === undefined ? 'GET' : 'POST');
  const origin = options.origin === undefined ? (method === 'GET' ? null : at.origin) : options.origin;
  return new Promise((resolve, reject) => {
    const req = httpRequest(
      {
        host: '127.0.0.1',
        port: at.port,
        path: at.pathname + at.search,
        method,
        headers: {
          host: at.host,
          ...(body !== undefined && {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(body),
          }),
          ...(origin && { origin }),
          ...(options.cookie && { cookie: options.cookie }),
          ...options.headers,
        },
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: Object.fromEntries(Object.entries(res.headers).map(([name, value]) => [name, String(value)])),
            cookies: (res.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]!),
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

/** Signs in to the office over HTTP. @returns the Cookie header to send along */
export async function signInCookie(origin: string, email: string, password: string): Promise<string> {
  const answer = await send(`${origin}/sign-in`, { form: { email, password } });
  if (answer.status !== 302) throw new Error(`Sign-in answered ${answer.status}`);
  return answer.cookies.join('; ');
}
