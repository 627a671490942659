import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';

import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import { and, eq } from 'drizzle-orm';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';

import { processorChooser } from '#app/invoicing/payments/choose-processor.server.ts';
import { linkLookup, type LinkLookup } from '#app/links/lookup.server.ts';
import { visitLog, type VisitLog } from '#app/links/visits.server.ts';
import type { Db } from '#db/client.ts';
import { hosts } from '#db/schema/index.ts';

import { bare } from './bare.server.ts';
import { rememberedTrust, TRUSTED_PROXIES, type Trusts } from './client-address.server.ts';
import type { AppContext } from './context.ts';
import { failed, giveReference, replaceBareFailures } from './failure.server.ts';
import { areaOf, type Area } from './hosts.ts';
import { healthRoute } from './health.server.ts';
import { linkFront } from './link-front.server.ts';
import { linkRoutes } from './links.server.ts';
import { failuresOnly, logRequests } from './log.server.ts';
import { metrics } from './metrics.server.ts';
import { narrowBuild } from './narrow-build.ts';
import { lobRoutes } from './webhooks-lob.server.ts';
import { sesRoutes } from './webhooks-ses.server.ts';
import { stripeRoutes } from './webhooks-stripe.server.ts';
import { twilioRoutes } from './webhooks-twilio.server.ts';
import type { WebhookOptions } from './webhooks.server.ts';

export type AppOptions = Pick<AppContext, 'db' | 'addresses' | 'secret' | 'ses' | 'sesEndpoint'> & {
  /** None by default. */
  twilio?: AppContext['twilio'];
  twilioApiBase?: string | null;
  lob?: AppContext['lob'];
  lobApiBase?: string | null;
  stripeApiBase?: string | null;
  /** How long a bank payment takes in the sandbox. */
  sandboxAchSeconds?: number;
  /** How webhooks of providers are verified, and where they are logged. */
  webhooks?: Omit<WebhookOptions, 'db' | 'secret'>;
  build: ServerBuild | (() => Promise<ServerBuild>);
  /** The browser's files as built, or a middleware that serves them in development. */
  assets: { folder: string } | { middleware: express.RequestHandler };
  /** Where visits of links and pixels are kept until they are written; whoever hands one in flushes it before the end. */
  visits?: VisitLog;
  /** Failures alone, to the console, by default. */
  log?: Logger;
  /** What `GET /metrics` asks for; with none, only this machine may ask. */
  metricsToken?: string | null;
};

/**
 * The whole web server: tells hosts apart, sets the security headers, refuses cross-site posts, and hands the rest to Remix.
 * Portal and link hosts are served by the routes under `/portal` and `/go`, which no other host can reach.
 */
export function createApp(options: AppOptions): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', TRUSTED_PROXIES);
  const trusts = rememberedTrust(app.get('trust proxy fn') as Trusts);
  const { db, addresses, secret } = options;
  const log = options.log ?? failuresOnly();
  const visits = options.visits ?? visitLog(db);
  const lookup = linkLookup(db, { addresses, secret });
  const { observe, observeLink, route } = metrics({ db, addresses, token: options.metricsToken });
  const front = linkFront({ addresses, lookup, visits, trusts, log, observe: observeLink });
  app.get('/healthz', healthRoute(db));
  app.get('/metrics', route);
  app.use(giveReference);
  app.use(logRequests(log), observe);
  app.use(knownHostOnly(options, lookup));
  const { twilio = null, lob = null, stripeApiBase = null } = options;
  const webhooks = { db, secret, twilio, lob, appOrigin: addresses.appOrigin, ...options.webhooks };
  app.use(sesRoutes(webhooks), twilioRoutes(webhooks), lobRoutes(webhooks));
  app.use(stripeRoutes({ ...webhooks, stripeApiBase }));
  app.use(securityHeaders(options));
  if ('folder' in options.assets) {
    const folder = options.assets.folder;
    app.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', index: false }));
    // By name: to look for a file before each page costs more than to know what lies there.
    const names = new Set(readdirSync(folder));
    const serve = express.static(folder, { maxAge: '1h', index: false });
    app.use((req, res, next) => (names.has(req.path.split('/')[1]!) ? serve(req, res, next) : next()));
  } else {
    app.use(options.assets.middleware);
  }
  app.use(readablePaths);
  app.use(sameOriginPosts);
  app.use(linkRoutes({ secret, visits, trusts, front }));
  app.use(enterArea);
  app.use(replaceBareFailures);
  app.use(pages(options, log));
  app.use(failed(log));
  return (req, res) => front(req, res, () => app(req, res));
}

/** Remix, which answers for every page. */
function pages({ build, ...options }: AppOptions, log: Logger): RequestHandler {
  const { db, addresses, secret, ses, sesEndpoint, twilio = null, twilioApiBase = null } = options;
  const { lob = null, lobApiBase = null, stripeApiBase = null, sandboxAchSeconds } = options;
  const processorOf = processorChooser(db, { secret, stripeApiBase, sandboxAchSeconds });
  const providers = { ses, sesEndpoint, twilio, twilioApiBase, lob, lobApiBase, stripeApiBase, processorOf };
  const common = { db, addresses, secret, ...providers, log };
  const getLoadContext = (req: Request, res: Response): AppContext => {
    const { area, hostCompanyId, nonce, reference } = res.locals as Locals;
    return { ...common, area, hostCompanyId, ip: req.ip ?? '', nonce, reference };
  };
  if (typeof build === 'function') return createRequestHandler({ build, getLoadContext });
  const narrowed = narrowBuild(build);
  const handlers = new Map<ServerBuild, RequestHandler>();
  return (req, res, next) => {
    const part = narrowed(req.path);
    let handler = handlers.get(part);
    if (!handler) handlers.set(part, (handler = createRequestHandler({ build: part, getLoadContext })));
    return handler(req, res, next);
  };
}

export type Locals = { area: Area; hostCompanyId: number | null; nonce: string; reference: string };

/** Finds out whose host this is; one that nobody has answers 404 without saying more. */
function knownHostOnly({ addresses, db }: AppOptions, lookup: LinkLookup) {
  const companyOf = async (area: { area: 'portal' | 'link'; name: string }) =>
    area.area === 'portal' ? companyOfPortal(db, area.name) : (await lookup.company(area.name)) || null;
  return async (req: Request, res: Response, next: NextFunction) => {
    const area = areaOf(req.headers.host ?? '', addresses);
    if (!area) return bare(res, 404, 'Nothing is here. Check the address.');
    let companyId: number | null;
    try {
      companyId = area.area === 'office' ? null : await companyOf(area);
    } catch (error) {
      return next(error);
    }
    if (area.area !== 'office' && companyId === null) {
      return bare(res, 404, 'No company answers at this address. Check it against the message you got.');
    }
    Object.assign(res.locals, {
      area,
      hostCompanyId: companyId,
      nonce: randomBytes(16).toString('base64'),
    } satisfies Omit<Locals, 'reference'>);
    next();
  };
}

async function companyOfPortal(db: Db, name: string): Promise<number | null> {
  const [row] = await db
    .select({ companyId: hosts.companyId })
    .from(hosts)
    .where(and(eq(hosts.kind, 'portal'), eq(hosts.name, name)));
  return row?.companyId ?? null;
}

function securityHeaders({ stripeApiBase }: AppOptions) {
  const checkouts = ['https:', ...(stripeApiBase ? [new URL(stripeApiBase).origin] : [])];
  return (req: Request, res: Response, next: NextFunction) => {
    const { nonce, area } = res.locals as Locals;
    const office = area.area === 'office';
    const payPage = isPayPage(req, res);
    // Its address opens it: no other site and no search engine is to learn it.
    if (payPage) res.set('x-robots-tag', 'noindex, nofollow');
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          // The portal runs a line of its own that adds up what is selected; payment pages and the link host no script at all.
          scriptSrc: payPage ? ["'none'"] : scriptsOf(area.area, nonce),
          // Mantine and the email canvas style elements in place.
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: office ? ["'self'", 'data:', 'blob:', 'http:', 'https:'] : ["'self'", 'data:'],
          fontSrc: ["'self'", 'data:'],
          connectSrc: process.env.NODE_ENV === 'development' ? ["'self'", 'ws:'] : ["'self'"],
          frameSrc: ["'self'", 'blob:'],
          objectSrc: ["'none'"],
          baseUri: ["'self'"],
          // A form's answer may lead on to the processor's page, which this speaks of too. That page may stand at a domain of the
          // company's own (Stripe's documentation, "Use your custom domain"), which is known only once it was opened: so any https
          // address, but only for pages on which one pays. They have no HTML of others, and no form of theirs asks for a secret.
          formAction: area.area === 'portal' && leadsToProcessor(req) ? ["'self'", ...checkouts] : ["'self'"],
          frameAncestors: ["'self'"],
        },
      },
      strictTransportSecurity: req.secure ? { maxAge: 31_536_000 } : false,
      crossOriginEmbedderPolicy: false,
      originAgentCluster: false,
      crossOriginResourcePolicy: { policy: 'cross-origin' }, // emails show our pictures
      referrerPolicy: { policy: payPage ? 'no-referrer' : 'strict-origin-when-cross-origin' },
    })(req, res, next);
  };
}

/** Pages with a form whose answer leads on to the processor's page. */
const leadsToProcessor = ({ path }: Request) => path === '/pay' || path.startsWith('/pay/');

const scriptsOf = (area: Area['area'], nonce: string) =>
  area === 'link' ? ["'none'"] : [...(area === 'office' ? ["'self'"] : []), `'nonce-${nonce}'`];

/** What can't be decoded is nobody's address: the routers would fail over it, and log it as it was typed. */
function readablePaths(req: Request, res: Response, next: NextFunction) {
  try {
    decodeURIComponent(req.path);
  } catch {
    return nothingHere(res);
  }
  next();
}

/** A page that is paid on without signing in: `/pay/<token>` and what stands below it. */
const isPayPage = (req: Request, res: Response) =>
  (res.locals as Locals).area.area === 'portal' && /^\/pay\/./.test(req.path);

/**
 * Cross-site request forgery: a browser names the page that posts; another site's is refused (OWASP ASVS 4.2.2). From a page that
 * asks for no referrer the origin comes as `null` (Fetch, "append a request Origin header"): then Sec-Fetch-Site tells. Browsers
 * that don't send that either are let pay, where no cookie counts and who posts must know the token.
 */
function sameOriginPosts(req: Request, res: Response, next: NextFunction) {
  if (req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS') return next();
  // Mail programs post here by themselves, without an origin; the address itself is the key (RFC 8058).
  if ((res.locals as Locals).area.area === 'link' && req.path.startsWith('/u/')) return next();
  const origin = req.get('origin');
  const site = req.get('sec-fetch-site');
  const named = origin !== undefined && origin !== 'null';
  const same = named
    ? hostOf(origin) === req.headers.host
    : site === 'same-origin' || site === 'none' || (!site && origin === 'null' && isPayPage(req, res));
  if (!same) return bare(res, 403, 'This form was sent from another site. Open the page again and retry.');
  // Remix compares it with the host once more, and would fail over a `null` that was let through here.
  if (origin === 'null') delete req.headers.origin;
  next();
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}

/** Portal and link hosts have their routes under a prefix that no visitor sees. */
function enterArea(req: Request, res: Response, next: NextFunction) {
  const { area } = res.locals as Locals;
  const address = `http://host${req.originalUrl}`;
  if (!URL.canParse(address)) return nothingHere(res);
  // With its dots resolved, as the routes will see it: `/../x` must not lead out of the prefix.
  const { pathname, search } = new URL(address);
  // The database takes no null characters, wherever a page looks for what stands here.
  const query = search.replaceAll('%00', '');
  if (area.area === 'office') {
    if (/^\/(portal|go)(\/|$|\.data)/i.test(decodeURIComponent(pathname))) return nothingHere(res);
    req.url = pathname + query;
  } else if (!pathname.startsWith('/images/')) {
    req.url = `${area.area === 'portal' ? '/portal' : '/go'}${pathname === '/' ? '' : pathname}${query}`;
  }
  req.originalUrl = req.url;
  next();
}

const nothingHere = (res: Response) => bare(res, 404, 'Nothing is at this address.');
