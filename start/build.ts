import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['app', 'builders', 'public', 'db/schema', 'remix.config.js', 'vite.config.ts', 'package-lock.json'];
const folder = process.env.BUILD_DIR ?? 'build';

/** Builds the application unless the last build is of these very sources. */
export function ensureBuild(log: (line: string) => void = console.log): void {
  const stamp = join(folder, 'sources');
  const hash = sourcesHash();
  if (readText(stamp) === hash) return;
  log('Building the application …');
  try {
    execFileSync(process.execPath, ['node_modules/@remix-run/dev/dist/cli.js', 'vite:build', '--logLevel', 'warn'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
  } catch (error) {
    const { stderr, stdout } = error as { stderr?: Buffer; stdout?: Buffer };
    throw new Error(`The build failed.\n${stdout?.toString() ?? ''}${stderr?.toString() ?? ''}`);
  }
  writeFileSync(stamp, hash);
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  const add = (path: string) => hash.update(path).update(readFileSync(path));
  for (const source of SOURCES) {
    const files = readdirOrNull(source);
    if (!files) {
      if (readText(source) !== null) add(source);
      continue;
    }
    for (const file of files) if (!/\.test\.tsx?$/.test(file)) add(file);
  }
  return hash.digest('hex');
}

function readdirOrNull(path: string): string[] | null {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

if (import.meta.filename === process.argv[1]) {
  try {
    ensureBuild();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
