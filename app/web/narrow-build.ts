import type { ServerBuild } from '@remix-run/node';

type Routes = ServerBuild['routes'];

/**
 * Remix looks through every route several times a request (matching, discovery, rendering): with a hundred of them that is a
 * tenth of what a page costs. This leaves a request the routes that its first segment can lead to.
 * @returns for a path, the build with those routes only: one object for each first segment that the site map names, and one
 *   for all other paths. Remix's own `/__manifest`, which asks about any route, gets the build whole
 */
export function narrowBuild(build: ServerBuild): (pathname: string) => ServerBuild {
  const first = new Map(Object.keys(build.routes).map((id) => [id, firstSegment(build.routes, id)]));
  const narrowed = new Map<string, ServerBuild>([['__manifest', build]]);
  for (const segment of ['', ...first.values()]) {
    if (segment === undefined || narrowed.has(segment)) continue;
    const keep = <T>(routes: Record<string, T>) =>
      Object.fromEntries(Object.entries(routes).filter(([id]) => [undefined, segment].includes(first.get(id))));
    const assets = { ...build.assets, routes: keep(build.assets.routes) };
    narrowed.set(segment, { ...build, routes: keep(build.routes), assets });
  }
  const others = narrowed.get('')!;
  return (pathname) =>
    // Single fetch asks for a page's data at the page's address and `.data`; Remix reads each part decoded.
    narrowed.get(decodeURIComponent(pathname.split('/')[1]!.replace(/\.data$/, '')).toLowerCase()) ?? others;
}

/** The first word of a route's path, or undefined where it has none (a layout, an index) or takes any (`*`, `:id`). */
function firstSegment(routes: Routes, id: string): string | undefined {
  const route = routes[id]!;
  const above = route.parentId ? firstSegment(routes, route.parentId) : undefined;
  if (above !== undefined) return above;
  const segment = route.path?.split('/')[0];
  return segment && /^[\w-]+$/.test(segment) ? segment.toLowerCase() : undefined;
}
