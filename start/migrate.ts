import { readEnv } from '#app/env.server.ts';
import { migrate } from '#db/migrate.ts';

/** `npm run migrate`: brings the database of DATABASE_URL to this release's schema. */
const { databaseUrl } = readEnv();
if (!databaseUrl) {
  console.error('DATABASE_URL is not set. `npm start` migrates its own database by itself.');
  process.exit(1);
}
try {
  await migrate(databaseUrl);
  console.log('The database is up to date.');
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
