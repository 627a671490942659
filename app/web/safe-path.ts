/**
 * Where a person goes after signing in: a path of this very site, whatever was put into the address.
 * @param to as it stands in the address, or null
 * @param request tells which site this is
 * @returns the first page in place of anything that leads elsewhere
 */
export function safePath(to: string | null, request: Request): string {
  if (!to?.startsWith('/')) return '/';
  const { origin } = new URL(request.url);
  // Parsed as a browser does: it drops tabs and line breaks, takes `/\` for `//`, and `/.//x` leads to `//x`.
  const url = URL.canParse(to, origin) ? new URL(to, origin) : null;
  return url?.origin === origin ? `/${url.pathname.replace(/^\/+/, '')}${url.search}` : '/';
}
