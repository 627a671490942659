import { Router } from 'express';

import type { AppOptions } from './express.server.ts';

/** Short links and open pixels answer before Remix is entered. */
export function linkRoutes(_options: AppOptions): Router {
  return Router();
}
