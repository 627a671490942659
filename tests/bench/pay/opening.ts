import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';

import { median } from '../place.ts';

/** How a page comes to a slow phone. */
export type Opening = { shownMs: number; bytes: number; requests: number };

const TIMES = 7;

/** As browsers' own developer tools have it: 150 ms each way of latency, 1.6 Mbit/s down, 0.75 Mbit/s up. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 96_000 };

/**
 * Opens a page in Chromium as a phone with a quarter of the CPU on slow 4G, each time with nothing in its cache.
 * @returns the median time until its largest text stood there (LCP), and what came over the wire
 */
export async function opening(url: string): Promise<Opening> {
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    headless: true,
  });
  try {
    const shown: number[] = [];
    let bytes = 0;
    let requests = 0;
    for (let n = 0; n < TIMES; n++) {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
      const page = await context.newPage();
      const tools = await context.newCDPSession(page);
      bytes = 0;
      requests = 0;
      tools.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength;
        requests += 1;
      });
      await tools.send('Network.enable');
      await tools.send('Network.emulateNetworkConditions', SLOW_4G);
      await tools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      await page.goto(url, { waitUntil: 'load' });
      shown.push(
        await page.evaluate(
          () =>
            new Promise<number>((done) => {
              new PerformanceObserver((list) => done(list.getEntries().at(-1)!.startTime)).observe({
                type: 'largest-contentful-paint',
                buffered: true,
              });
            }),
        ),
      );
      await context.close();
    }
    return { shownMs: median(shown), bytes, requests };
  } finally {
    await browser.close();
  }
}
