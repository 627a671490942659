import { Router, type Request } from 'express';

import { resolveLink } from '#app/links/resolve.server.ts';
import type { Visit } from '#app/links/visitor.ts';
import { visitLog } from '#app/links/visits.server.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';
import { withCompany } from '#db/client.ts';

import type { AppOptions, Locals } from './express.server.ts';

/** One transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/**
 * What a company's link host answers before Remix is entered: short links and open pixels. Nobody waits for their visit to be
 * counted: it is handed to the visit log, which tells people from programs and writes it a few seconds later.
 */
export function linkRoutes({ db, addresses, secret, visits = visitLog(db) }: AppOptions): Router {
  const router = Router();
  router.use((_req, res, next) => ((res.locals as Locals).area.area === 'link' ? next() : next('router')));

  router.get('/o/:token.gif', (req, res) => {
    const message = readMessageToken(secret, req.params.token);
    if (message && message.companyId === (res.locals as Locals).hostCompanyId) {
      visits.add({ ...message, code: null, ...visitOf(req) });
    }
    res.set({ 'cache-control': 'no-store, private', 'content-type': 'image/gif' }).send(PIXEL);
  });

  router.get('/:code', async (req, res, next) => {
    try {
      const companyId = (res.locals as Locals).hostCompanyId ?? 0;
      const link = await withCompany(db, companyId, (tx) => resolveLink(tx, req.params.code, { addresses }));
      if (!link) return next();
      res
        .set({ 'cache-control': 'no-store, private', 'referrer-policy': 'no-referrer' })
        .redirect(302, link.destination);
      visits.add({ companyId, messageId: link.messageId, code: link.code, ...visitOf(req) });
    } catch (error) {
      next(error);
    }
  });

  return router;
}

const visitOf = (req: Request): Omit<Visit, 'companyId' | 'messageId' | 'code'> => ({
  at: Date.now(),
  method: req.method,
  userAgent: req.get('user-agent'),
  purpose: req.get('sec-purpose') ?? req.get('purpose'),
  ip: req.ip ?? '',
});
