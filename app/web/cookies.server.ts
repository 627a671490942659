/** With https the prefix keeps the cookie to this very host; browsers refuse it without. */
export const sessionCookieName = (origin: string) => (origin.startsWith('https:') ? '__Host-fp' : 'fp');

/** One cookie of a request. */
export function readCookie(request: Request, name: string): string | null {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === name) return decoded(part.slice(at + 1).trim());
  }
  return null;
}

/** Null for what none of ours looks like. */
function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

/**
 * A Set-Cookie value: host-only, HttpOnly, SameSite=Lax, Secure under https.
 * @param maxAge in seconds; 0 removes it
 */
export function sessionCookie(origin: string, token: string, maxAge: number): string {
  const secure = origin.startsWith('https:') ? '; Secure' : '';
  return `${sessionCookieName(origin)}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure}`;
}
