import AxeBuilder from '@axe-core/playwright';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';

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
 * A fresh profile. A page that throws, or that logs an error which nobody expected, fails the test at `errors()`.
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
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  return { page, context, errors: () => errors };
}

/** Signs in to the office through its page. */
export async function signIn(page: Page, origin: string, email: string, password: string): Promise<void> {
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
  const results = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(
    results.violations.map(
      (v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} (${n.any[0]?.message ?? ''})`).join(', ')}`,
    ),
    page.url(),
  ).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${page.url()} is wider than the window`).toBeLessThanOrEqual(0);
}
