import { type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { PHONE, expectAccessible, expectFocus, launchBrowser, openPage } from '#tests/setup/browser.ts';
import { serveComposer } from '#tests/setup/composer/serve.ts';

let browser: Browser;
let origin: string;

beforeAll(async () => {
  const served = await serveComposer();
  origin = served.origin;
  afterAll(served.close);
  browser = await launchBrowser();
});

/** The composer on a page of its own. */
async function open(text = '', query = '', viewport?: { width: number; height: number }) {
  const opened = await openPage(browser, { viewport });
  await opened.page.goto(`${origin}/page.html?text=${encodeURIComponent(text)}&${query}`);
  await field(opened.page).waitFor();
  return opened;
}

const field = (page: Page) => page.getByLabel('Automated Text Message Content');
const value = (page: Page) => field(page).inputValue();
const saved = (page: Page) => page.evaluate(() => sessionStorage.getItem('text'));
/** Stretches that are marked behind the text, by what they are. */
const marked = (page: Page, which: string) => page.locator(`[aria-hidden] mark${which}`).allTextContents();
/** What a screen reader is told. */
const said = async (page: Page) => (await page.getByRole('status').allTextContents()).join(' ');
const bubble = (page: Page) => page.getByRole('group', { name: 'The text as it arrives' });

async function paste(page: Page, text: string) {
  await page.evaluate((words) => navigator.clipboard.writeText(words), text);
  await page.keyboard.press('ControlOrMeta+v');
}

describe('counting', () => {
  test('S0-13: the count is right in the next frame, whatever is typed', async () => {
    const { page, errors } = await open();
    await field(page).focus();
    const seen = await page.evaluate(async () => {
      const counts: string[] = [];
      for (const words of ['a'.repeat(137), 'b', 'c', '’', 'x'.repeat(1_300)]) {
        document.execCommand('insertText', false, words);
        await new Promise((resolve) => requestAnimationFrame(resolve));
        counts.push(document.querySelector('strong')?.textContent ?? '');
      }
      return counts;
    });
    // With "\nReply STOP to opt out.", 23 characters.
    expect(seen).toEqual([
      '160 of 160 · 1 part · GSM-7',
      '161 of 306 · 2 parts · GSM-7',
      '162 of 306 · 2 parts · GSM-7',
      '163 of 201 · 3 parts · UCS-2',
      '1,463 of 1,474 · 22 parts · UCS-2',
    ]);
    expect(errors()).toEqual([]);
  });

  test('B-11: counted as sent: the longest, the typical and the shortest recipient, and the cost', async () => {
    const { page } = await open(
      'Hi {{ customer.name }}, {{ invoice.amount_due }} is due: {{ links.pay_invoice }}. ' + 'a'.repeat(45),
    );
    await expect
      .poll(() => page.locator('span', { hasText: 'Longest:' }).textContent())
      .toMatch(/Bartholomew Featherstonehaugh, 2 parts \(1\d\d of 306\)/);
    expect(await page.locator('span', { hasText: 'Shortest:' }).textContent()).toMatch(/Bo Li, 1 part/);
    expect(await page.getByText(/a recipient$/).textContent()).toBe('about 1.1 to 1.3¢ a recipient');
    await page.getByLabel('Preview as').selectOption({ label: 'Longest: Bartholomew Featherstonehaugh' });
    await bubble(page).getByText('Hi Bartholomew Featherstonehaugh, $12,418.50 is due').waitFor();
    await page.getByLabel('Preview as').selectOption({ label: 'Bo Li' });
    await bubble(page).getByText('Hi Bo Li, $80.00 is due').waitFor();
  });

  test('B-19: the count is read out politely, after a pause', async () => {
    const { page } = await open();
    await field(page).focus();
    await page.keyboard.type('Hello');
    await expect.poll(() => said(page)).toContain('28 of 160 characters, 1 part.');
  });
});

describe('addresses', () => {
  test('S0-10 S0-11: a pasted address is marked, and shown as its short link on the phone', async () => {
    const { page, context } = await open('Pay at ');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await field(page).focus();
    await page.keyboard.press('ControlOrMeta+End');
    await paste(page, 'www.brightwater.example/pay?invoice=1042, thanks');
    await expect.poll(() => marked(page, '[data-kind="url"]')).toEqual(['www.brightwater.example/pay?invoice=1042']);
    await bubble(page).getByText('https://brightwater.go.example/k7m2p9q4rs').waitFor();
    expect(await bubble(page).textContent()).not.toContain('www.');
    expect(await bubble(page).textContent()).toContain('Reply STOP to opt out.');
    expect(await saved(page)).toBe('Pay at www.brightwater.example/pay?invoice=1042, thanks');
  });

  test('an address that cannot be used is marked, named, and found with Show', async () => {
    const { page } = await open('Hi, see http://192.168.0.1/x now');
    await page.getByText('“http://192.168.0.1/x” is the number of a machine').waitFor();
    expect(await marked(page, '[data-wrong]')).toEqual(['http://192.168.0.1/x']);
    expect(await field(page).getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: 'Show line 1' }).click();
    const selection = await field(page).evaluate((element: HTMLTextAreaElement) =>
      element.value.slice(element.selectionStart, element.selectionEnd),
    );
    expect(selection).toBe('http://192.168.0.1/x');
  });

  test('S0-06: a portal link without a portal is an error with the way out', async () => {
    const { page } = await open('See {{ links.customer_portal }}', 'portal=no');
    await page.getByText('The Customer Portal is not set up, so this link would lead nowhere.').waitFor();
    expect(await page.getByRole('link', { name: 'Set it up' }).getAttribute('href')).toBe('/settings/portal');
  });

  test('what the server found stands until the text is changed', async () => {
    const { page } = await open('Hi', 'told=yes');
    const told = page.getByText('This link is one of our own short links.');
    await expect.poll(() => told.count()).toBe(1);
    await field(page).focus();
    await page.keyboard.type('x');
    await expect.poll(() => told.count()).toBe(0);
  });
});

describe('menus', () => {
  test('S0-10: Special links > Online Experience > Pay invoice, by keyboard alone, at the cursor', async () => {
    const { page, errors } = await open('Pay: thanks');
    await field(page).focus();
    await page.keyboard.press('ControlOrMeta+Home');
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Online Experience' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest('[role=menu]') != null)).toBe(true);
    await page.keyboard.press('ArrowDown');
    await expectFocus(page, 'Online Experience');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('menuitem', { name: 'Pay invoice' }).waitFor();
    await expectFocus(page, 'Customer Portal');
    expect(await page.getByRole('menuitem', { name: 'Unsubscribe' }).count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => value(page)).toBe('Pay: {{ links.pay_invoice }} thanks');
    await expect.poll(() => field(page).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type('!');
    expect(await value(page)).toBe('Pay: {{ links.pay_invoice }}! thanks');
    await page.keyboard.press('ControlOrMeta+z');
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => value(page)).toBe('Pay: thanks');
    expect(errors()).toEqual([]);
  });

  test('B-10: a merge tag is inserted with its fallback in place of what is selected', async () => {
    const { page } = await open('Hi NAME, hello');
    await field(page).evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(3, 7));
    await page.getByRole('button', { name: 'Merge tags' }).click();
    await page.getByRole('menuitem', { name: /^First name/ }).click();
    await expect.poll(() => value(page)).toBe('Hi {{ customer.first_name | default: "there" }}, hello');
    expect(await saved(page)).toBe(await value(page));
  });
});

describe('B-11: characters that force UCS-2', () => {
  const text = '“It’s due” – that’s {{ customer.first_name | default: “it” }} 😀';

  test('are marked in place, each kind with its number', async () => {
    const { page } = await open(text);
    await expect.poll(() => marked(page, '[data-foreign]')).toEqual(['“', '’', '”', '–', '’', '😀']);
    await page.getByText('Curly apostrophe, twice').waitFor();
    await page.getByText('6 characters force UCS-2.').waitFor();
  });

  test('Replace takes one, Replace all the rest, and undo brings them back', async () => {
    const { page } = await open(text);
    await page.getByRole('button', { name: 'Replace Curly apostrophe' }).click();
    await expect.poll(() => value(page)).toContain("“It's due” – that’s");
    await page.getByRole('button', { name: 'Replace Curly apostrophe' }).click();
    await expect.poll(() => value(page)).toContain("“It's due” – that's");
    await field(page).focus();
    await page.keyboard.press('ControlOrMeta+z');
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => value(page)).toBe(text);
    await page.getByRole('button', { name: 'Replace all: Curly apostrophe' }).click();
    await expect.poll(() => value(page)).toContain("“It's due” – that's");
    await field(page).focus();
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => value(page)).toBe(text);
    await page.getByText('Curly apostrophe, twice').waitFor();
  });

  test('one click makes it plain; emoji stay; undo brings it back', async () => {
    const { page } = await open(text);
    await page.getByRole('button', { name: 'Make it plain' }).click();
    const plain = '"It\'s due" - that\'s {{ customer.first_name | default: "it" }} 😀';
    await expect.poll(() => value(page)).toBe(plain);
    await expect.poll(() => page.getByRole('button', { name: 'Make it plain' }).count()).toBe(0);
    await field(page).focus();
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => value(page)).toBe(text);
  });

  test('what is pasted stays as it was, and how to make it plain is said', async () => {
    const { page, context } = await open();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await field(page).focus();
    await paste(page, 'It’s due\u00a0now…');
    await expect.poll(() => value(page)).toBe('It’s due\u00a0now…');
    await page.getByRole('status').filter({ hasText: 'Pasted as it was.' }).waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Make it plain' }).click();
    await expect.poll(() => value(page)).toBe("It's due now...");
    await expect.poll(() => page.getByText('GSM-7').first().textContent()).toContain('GSM-7');
  });
});

describe('the parts', () => {
  test('where they begin is marked in the text; the marks stand where the letters stand', async () => {
    const { page } = await open(`Hi {{ customer.first_name }},\n${'many words are typed here '.repeat(14)}`);
    await expect.poll(() => page.locator('[data-part]').count()).toBe(2);
    const metrics = await field(page).evaluate((element) => {
      const layer = element.previousElementSibling as HTMLElement;
      const look = (one: Element) => {
        const { font, padding, letterSpacing, whiteSpace, overflowWrap, width, fontFeatureSettings } =
          getComputedStyle(one);
        return { font, padding, letterSpacing, whiteSpace, overflowWrap, width, fontFeatureSettings };
      };
      return {
        layer: look(layer),
        typed: look(element),
        scrolls: element.scrollHeight > element.clientHeight + 1,
        heights: [Math.round(layer.getBoundingClientRect().height), Math.round(element.getBoundingClientRect().height)],
      };
    });
    expect(metrics.typed).toEqual(metrics.layer);
    expect(metrics.scrolls).toBe(false);
    expect(metrics.heights[0]).toBe(metrics.heights[1]);
  });

  test('a part that begins in the line that is added is marked there', async () => {
    const { page } = await open('a'.repeat(150));
    const line = page.locator('p', { hasText: 'is added to each text' });
    await expect.poll(() => line.locator('[data-part="2"]').count()).toBe(1);
    expect(await page.locator('[data-part]').count()).toBe(1);
  });

  test('S0-13: the invitation note is offered only where it still fits', async () => {
    const { page } = await open('Hi, see {{ links.customer_portal }}. Thanks');
    await page.getByRole('button', { name: 'Add it' }).click();
    await expect
      .poll(() => value(page))
      .toBe('Hi, see {{ links.customer_portal }}. New here? Tap "Request an invitation". Thanks');
    await expect.poll(() => page.getByRole('button', { name: 'Add it' }).count()).toBe(0);
    const full = await open(`See {{ links.customer_portal }} ${'a'.repeat(70)}`);
    await full.page.getByText('139 of 160').first().waitFor();
    await field(full.page).focus();
    await full.page.keyboard.type('x');
    await full.page.getByRole('status').filter({ hasText: '140 of 160' }).waitFor({ state: 'attached' });
    expect(await full.page.getByRole('button', { name: 'Add it' }).count()).toBe(0);
  });
});

describe('for everybody', () => {
  test('a text that is out cannot be changed', async () => {
    const { page } = await open('It’s out', 'readonly=yes');
    await field(page).focus();
    await page.keyboard.type('x');
    expect(await value(page)).toBe('It’s out');
    expect(await page.getByRole('button', { name: 'Special links' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: /^Replace|^Make it plain|^Add it/ }).count()).toBe(0);
  });

  test.each([
    ['light', undefined],
    ['light', PHONE],
    ['dark', undefined],
  ] as const)('B-19: axe finds nothing, and nothing is wider than the window (%s, %o)', async (scheme, viewport) => {
    const { page, errors } = await open(
      `“Hi” {{ customer.first_name }}, see ${'https://example.com/a-long-address/'.repeat(3)} and {{ links.unsubscribe }} ${'word '.repeat(30)}`,
      `scheme=${scheme}`,
      viewport,
    );
    await page.getByText('A text has no unsubscribe link').waitFor();
    await expectAccessible(page);
    expect(errors()).toEqual([]);
  });
});
