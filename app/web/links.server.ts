import { Router, type Request } from 'express';

import { recordClick, recordOpen } from '#app/links/clicks.server.ts';
import { resolveLink } from '#app/links/resolve.server.ts';
import { isPerson } from '#app/links/visitor.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';
import { withCompany } from '#db/client.ts';

import type { AppOptions, Locals } from './express.server.ts';

/** One transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/**
 * What a company's link host answers before Remix is entered: short links and open pixels. Counting happens in the same
 * transaction as the look-up; the visitor never waits for more than that.
 */
export function linkRoutes({ db, addresses, secret }: AppOptions): Router {
  const router = Router();
  router.use((_req, res, next) => ((res.locals as Locals).area.area === 'link' ? next() : next('router')));

  router.get('/o/:token.gif', async (req, res, next) => {
    try {
      const message = readMessageToken(secret, req.params.token);
      if (message && message.companyId === (res.locals as Locals).hostCompanyId && req.method === 'GET') {
        await withCompany(db, message.companyId, (tx) => recordOpen(tx, message.messageId));
      }
      res.set({ 'cache-control': 'no-store, private', 'content-type': 'image/gif' }).send(PIXEL);
    } catch (error) {
      next(error);
    }
  });

  router.get('/:code', async (req, res, next) => {
    try {
      const link = await withCompany(db, (res.locals as Locals).hostCompanyId ?? 0, async (tx) => {
        const found = await resolveLink(tx, req.params.code, { addresses });
        if (found && isPerson(visitOf(req))) await recordClick(tx, found);
        return found;
      });
      if (!link) return next();
      res
        .set({ 'cache-control': 'no-store, private', 'referrer-policy': 'no-referrer' })
        .redirect(302, link.destination);
    } catch (error) {
      next(error);
    }
  });

  return router;
}

const visitOf = (req: Request) => ({
  method: req.method,
  userAgent: req.get('user-agent'),
  purpose: req.get('sec-purpose') ?? req.get('purpose'),
});
