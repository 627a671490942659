import { Router } from 'express';

import type { VisitLog } from '#app/links/visits.server.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';

import type { Trusts } from './client-address.server.ts';
import type { Locals } from './express.server.ts';
import { visitOf, type LinkFront } from './link-front.server.ts';

/** One transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

export type LinkRoutesOptions = { secret: string; visits: VisitLog; trusts: Trusts; front: LinkFront };

/**
 * What a company's link host answers before Remix is entered, besides its links: open pixels. Nobody waits for their visit to
 * be counted: it is handed to the visit log, which tells people from programs and writes it a few seconds later.
 */
export function linkRoutes({ secret, visits, trusts, front }: LinkRoutesOptions): Router {
  const router = Router();
  router.use((_req, res, next) => ((res.locals as Locals).area.area === 'link' ? next() : next('router')));
  router.use((req, _res, next) => next(front.failureOf(req)));

  router.get('/o/:token.gif', (req, res) => {
    const message = readMessageToken(secret, req.params.token);
    if (message && message.companyId === (res.locals as Locals).hostCompanyId) {
      visits.add({ ...message, code: null, ...visitOf(req, trusts) });
    }
    res.set({ 'cache-control': 'no-store, private', 'content-type': 'image/gif' }).send(PIXEL);
  });
  return router;
}
