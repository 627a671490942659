import chromium from '@sparticuz/chromium';
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';

import type { BenchFigure } from './figure.ts';

import { serveBuilder } from '../setup/builder/serve.ts';

export const name = 'builder';

/** Times each page is opened; the first opening of each warms the browser and is not counted. */
const ROUNDS = 7;

/**
 * Time from opening the page until GrapesJS can be used: our builder against a bare GrapesJS with MJML, same email, same
 * build, same browser, in turns (target: 1.5 times or less). And that no other page loads GrapesJS.
 */
export async function run(): Promise<BenchFigure[]> {
  const served = await serveBuilder();
  const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: ['--no-sandbox'] });
  try {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const mine = await readyAfter(browser, `${served.origin}/page.html?template=friendly-reminder`);
      const theirs = await readyAfter(browser, `${served.origin}/bare.html`);
      if (round === 0) continue;
      ours.push(mine);
      bare.push(theirs);
    }
    const { all, eager } = await grapesJsFiles();
    return [
      { bench: name, metric: 'ready', value: median(ours), unit: 'ms', ratio: median(ours) / median(bare) },
      { bench: name, metric: 'ready, bare GrapesJS with MJML', value: median(bare), unit: 'ms' },
      { bench: name, metric: 'files of GrapesJS in the office', value: all.length, unit: 'files' },
      { bench: name, metric: 'of these loaded without the builder', value: eager.length, unit: 'files' },
    ];
  } finally {
    await browser.close();
    await served.close();
  }
}

async function readyAfter(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName('email-builder-ready').length > 0);
    return await page.evaluate(() => performance.getEntriesByName('email-builder-ready')[0]?.startTime ?? Number.NaN);
  } finally {
    await page.close();
  }
}

type Chunk = { imports: string[]; css: string[] };
type RouteManifest = {
  entry: { imports: string[]; module: string };
  routes: Record<string, { module: string; imports?: string[]; css?: string[] }>;
};

/** Names that stand in GrapesJS, its styles and its MJML plugin, minified or not, and nowhere in our own code. */
const GRAPESJS = /core:component-exit|gjs-cv-canvas__frames|grapesjs-mjml\.components/;

/**
 * Files of GrapesJS in the built office, code and styles: all, and those that some page loads on its own, before the builder
 * asks for them. Reads the manifest that Remix gives the browser.
 * @throws when the office is not built yet
 */
export async function grapesJsFiles(folder = resolve('build/client')): Promise<{ all: string[]; eager: string[] }> {
  const assets = join(folder, 'assets');
  const files = await readdir(assets);
  const manifestFile = files.find((file) => file.startsWith('manifest-'));
  if (manifestFile === undefined) throw new Error('The office is not built: run npm run build first.');
  const manifest = JSON.parse(
    (await readFile(join(assets, manifestFile), 'utf8')).replace(/^window\.__remixManifest=/, '').replace(/;\s*$/, ''),
  ) as RouteManifest;
  const loaded: Chunk[] = [
    { imports: [manifest.entry.module, ...manifest.entry.imports], css: [] },
    ...Object.values(manifest.routes).map((route) => ({
      imports: [route.module, ...(route.imports ?? [])],
      css: route.css ?? [],
    })),
  ];
  const urls = new Set(loaded.flatMap((chunk) => [...chunk.imports, ...chunk.css]));
  const all: string[] = [];
  for (const file of files.filter((each) => /\.(?:js|css)$/.test(each))) {
    if (GRAPESJS.test(await readFile(join(assets, file), 'utf8'))) all.push(file);
  }
  return { all, eager: all.filter((file) => [...urls].some((url) => url.endsWith(`/${file}`))) };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
