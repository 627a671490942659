import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type axe from 'axe-core';
import chromium from '@sparticuz/chromium';
import {
  chromium as playwright,
  type Browser,
  type BrowserContext,
  type Frame,
  type Locator,
  type Page,
} from 'playwright-core';
import { afterAll, expect } from 'vitest';

import { signInCookie } from './http.ts';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** What only a page that hangs takes: two browsers share a machine's two cores with databases and servers. */
const STEP_HANGS_MS = 60_000;

/** The browser that comes from npm. Ends after the test file. */
export async function launchBrowser(): Promise<Browser> {
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--no-first-run',
    ],
    headless: true,
  });
  afterAll(() => browser.close());
  return browser;
}

/**
 * A fresh profile. A page that throws, or that logs an error which nobody expected, fails the test at `errors()`. Where there are
 * scripts, `goto` and `reload` end when the page answers by them: a click before leads on by a plain form, to another page.
 * @param options.javaScript false to see what a person without scripts sees
 */
export async function openPage(
  browser: Browser,
  options: { viewport?: { width: number; height: number }; javaScript?: boolean; baseURL?: string } = {},
): Promise<{ page: Page; context: BrowserContext; errors: () => string[] }> {
  const context = await browser.newContext({
    viewport: options.viewport ?? DESKTOP,
    javaScriptEnabled: options.javaScript ?? true,
    baseURL: options.baseURL,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(STEP_HANGS_MS);
  const page = await context.newPage();
  if (options.javaScript !== false) waitForScripts(page);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  return { page, context, errors: () => errors };
}

/** Has `goto` and `reload` end when the page's own scripts have taken it over. Pages without Remix's are taken as they come. */
function waitForScripts(page: Page): void {
  const alive = () =>
    page.waitForFunction(() => !('__remixContext' in window) || document.documentElement.dataset.alive === 'yes');
  const goto = page.goto.bind(page);
  const reload = page.reload.bind(page);
  page.goto = async (...args) => {
    const answer = await goto(...args);
    await alive();
    return answer;
  };
  page.reload = async (...args) => {
    const answer = await reload(...args);
    await alive();
    return answer;
  };
}

/** Waits for the focus, which menus and dialogs move a moment after they show. @param words a part of what has it */
export async function expectFocus(page: Page, words: string): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent ?? '')).toContain(words);
}

/** Clicks what leads on without scripts. Ends when the next page is there, which may look like the one before. */
export async function clickThrough(page: Page, target: Locator): Promise<void> {
  await Promise.all([page.waitForEvent('load'), target.click()]);
}

/** Signs in to the office: the session's cookie is there, and no page yet. */
export async function signIn(page: Page, origin: string, email: string, password: string): Promise<void> {
  const cookie = await signInCookie(origin, email, password);
  const [name, value] = cookie.split('=', 2) as [string, string];
  await page.context().addCookies([{ name, value, url: origin, httpOnly: true, sameSite: 'Lax' }]);
}

/** Signs in to the office through its page, and stands where that leads. */
export async function signInByPage(page: Page, origin: string, email: string, password: string): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** B-19: no finding of axe (WCAG 2.2 A and AA), and nothing wider than the window. */
export async function expectAccessible(page: Page): Promise<void> {
  // The development server brings styles one by one: in the dark, text is black until the last of them is there.
  await page.waitForFunction(() => {
    const dark = document.documentElement.dataset.mantineColorScheme === 'dark';
    return !dark || getComputedStyle(document.body).color !== 'rgb(0, 0, 0)';
  });
  // A finding counts when it stays: under load, single elements follow their page later.
  await expect.poll(() => findings(page), { message: page.url() }).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${page.url()} is wider than the window`).toBeLessThanOrEqual(0);
}

/** `expectAccessible` for pages by their addresses, each on a desk and then narrowed to a phone. */
export async function expectPagesAccessible(page: Page, addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    await page.setViewportSize(DESKTOP);
    await page.goto(address);
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await expectAccessible(page);
  }
  await page.setViewportSize(DESKTOP);
}

/** Their own package opens a second page for each run and sends all that is well, too: five times as long. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A frame without an address has no origin that axe could name. */
const AXE_SETUP = "axe.configure({ allowedOrigins: ['<unsafe_all_origins>'] })";

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds in a page and in its frames. A frame that may run no script is looked at from outside only. */
export async function findings(page: Page): Promise<string[]> {
  const open = await Promise.all(page.frames().map(takesScripts));
  for (const [index, frame] of page.frames().entries()) {
    if (open[index] && !(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(`${AXE}\n${AXE_SETUP}`);
  }
  // Those without scripts never answer; the others are given the time that they take.
  const pingWaitTime = open.every(Boolean) ? STEP_HANGS_MS : 500;
  return page.evaluate(
    async ([tags, wait]) => {
      const { run } = (window as unknown as { axe: typeof axe }).axe;
      const { violations } = await run({ runOnly: tags, resultTypes: ['violations'], pingWaitTime: wait });
      return violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map((node) => `${node.target.join(' ')} (${node.any[0]?.message ?? ''})`).join(', ')}`,
      );
    },
    [TAGS, pingWaitTime] as const,
  );
}

/** False for the frame of an email, which runs nothing. */
async function takesScripts(frame: Frame): Promise<boolean> {
  if (!frame.parentFrame()) return true;
  const sandbox = await (await frame.frameElement()).getAttribute('sandbox');
  return sandbox === null || sandbox.split(' ').includes('allow-scripts');
}
