import { type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type BlockNode, bodyOf, parseEmailDocument } from '#builders/email/document.ts';
import { PHONE, expectAccessible, launchBrowser, openPage } from '#tests/setup/browser.ts';
import { serveBuilder } from '#tests/setup/builder/serve.ts';

const PORTAL_MISSING = 'The Customer Portal is not set up, so this link would lead nowhere.';

let browser: Browser;
let origin: string;

beforeAll(async () => {
  const served = await serveBuilder();
  origin = served.origin;
  afterAll(served.close);
  browser = await launchBrowser();
});

/** The builder, ready, on a page of its own. */
async function open(query = 'template=friendly-reminder', viewport?: { width: number; height: number }) {
  const opened = await openPage(browser, { viewport });
  await opened.page.goto(`${origin}/page.html?${query}`);
  await opened.page.waitForSelector('[data-status="ready"]', { state: 'attached' });
  return opened;
}

function canvasOf(page: Page) {
  return page.frameLocator('iframe[title="Email canvas"]');
}

/** All blocks as they were saved last. */
async function savedBlocks(page: Page): Promise<BlockNode[]> {
  const json = await page.evaluate(() => sessionStorage.getItem('saved'));
  const parsed = parseEmailDocument(JSON.parse(json ?? 'null'));
  if (!parsed.ok) return [];
  return bodyOf(parsed.document).components.flatMap((section) =>
    section.components.flatMap((column) => column.components),
  );
}

async function savedText(page: Page): Promise<string> {
  return JSON.stringify(await savedBlocks(page));
}

async function pickSpecialLink(page: Page, within: string, folder: string, link: RegExp) {
  await page.locator(within).getByRole('button', { name: 'Special links' }).click();
  await page.getByRole('menuitem', { name: folder }).hover();
  await page.getByRole('menuitem', { name: link }).click();
}

/** Starts typing in a text on the canvas, the caret at its start. */
async function typeIn(page: Page, words: string) {
  const text = canvasOf(page).getByText(words);
  await text.click();
  await page.getByRole('heading', { name: 'Text Properties' }).waitFor();
  await text.click();
  await canvasOf(page).locator('[contenteditable="true"]').waitFor();
  await page.keyboard.press('Control+Home');
}

describe('text', () => {
  test('S0-02: Special links > Online Experience > Customer Portal inserts the portal link at the cursor', async () => {
    const { page, errors } = await open();
    await typeIn(page, 'Does something look wrong?');
    await page.keyboard.type('Before ');
    await pickSpecialLink(page, '.fp-canvas-bar', 'Online Experience', /^Customer Portal/);
    await page.keyboard.type(', after. ');
    await expect
      .poll(() => savedText(page))
      .toContain(
        'Before <a href=\\"{{ links.customer_portal }}\\">Go to the Customer Portal</a>, after. Does something',
      );
    expect(errors()).toEqual([]);
  });

  test('S0-02: words that are selected become the link', async () => {
    const { page } = await open();
    await typeIn(page, 'Does something look wrong?');
    await page.keyboard.press('Control+Shift+ArrowRight');
    await pickSpecialLink(page, '.fp-canvas-bar', 'Online Experience', /^Customer Portal/);
    await expect.poll(() => savedText(page)).toMatch(/<a href=\\"\{\{ links\.customer_portal \}\}\\">Does ?<\/a>/);
  });

  test('B-10: a merge tag is inserted with its fallback at the cursor', async () => {
    const { page } = await open();
    await typeIn(page, 'Does something look wrong?');
    await page.locator('.fp-canvas-bar').getByRole('button', { name: 'Merge tags' }).click();
    await page.getByRole('menuitem', { name: /^First name/ }).click();
    await page.keyboard.type(': ');
    await expect
      .poll(() => savedText(page))
      .toContain('{{ customer.first_name | default: \\"there\\" }}: Does something');
  });

  test('what is pasted arrives clean, and formats act on what is typed', async () => {
    const { page } = await open();
    await typeIn(page, 'Does something look wrong?');
    await canvasOf(page)
      .locator('[contenteditable="true"]')
      .evaluate((element) => {
        const data = new DataTransfer();
        data.setData(
          'text/html',
          '<p style="color:red" onclick="x()">Pasted <b>words</b><script>window.hacked=1</script></p><img src=x onerror="window.hacked=1">',
        );
        element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      });
    await expect.poll(() => savedText(page)).toContain('"Pasted <strong>words</strong>Does something');
    expect(
      await page
        .locator('iframe[title="Email canvas"]')
        .evaluate((frame: HTMLIFrameElement) => 'hacked' in (frame.contentWindow ?? {})),
    ).toBe(false);
  });
});

describe('button', () => {
  test('S0-03: Special links under the Url box puts the merge tag into it', async () => {
    const { page } = await open();
    await canvasOf(page).getByText('Pay invoice').click();
    await page.getByRole('heading', { name: 'Button Properties' }).waitFor();
    await page.getByLabel('Label').fill('Open my account');
    await pickSpecialLink(page, '.fp-properties', 'Online Experience', /^Customer Portal/);
    await expect.poll(() => page.getByLabel('Url').inputValue()).toBe('{{ links.customer_portal }}');
    await expect
      .poll(() => savedBlocks(page))
      .toContainEqual(
        expect.objectContaining({
          type: 'mj-button',
          content: 'Open my account',
          attributes: expect.objectContaining({ href: '{{ links.customer_portal }}' }),
        }),
      );
  });

  test('an address that runs code is an error at the box and is not saved', async () => {
    const { page } = await open();
    await canvasOf(page).getByText('Pay invoice').click();
    await page.getByLabel('Url').fill('javascript:alert(1)');
    await page.getByText('Only web, email and phone links work in an email.').waitFor();
    await page.getByLabel('Label').fill('Pay now');
    await expect.poll(() => savedText(page)).toContain('Pay now');
    expect(await savedText(page)).not.toContain('javascript');
    expect(await page.getByLabel('Url').inputValue()).toBe('javascript:alert(1)');
  });
});

describe('a portal that is not set up', () => {
  test('S0-06: each link to it is an error in its place, with the way to set it up', async () => {
    const { page } = await open('template=friendly-reminder&portal=no');
    await page.getByRole('button', { name: 'Show the first of 3' }).click();
    await page.getByRole('heading', { name: 'Button Properties' }).waitFor();
    const properties = page.locator('.fp-properties');
    await properties.getByText(PORTAL_MISSING).waitFor();
    expect(await properties.getByRole('link', { name: 'Set it up' }).getAttribute('href')).toBe('/settings/portal');
    await page.getByRole('tab', { name: 'Structure' }).click();
    await expect.poll(() => page.getByRole('img', { name: 'Link without a portal' }).count()).toBe(3);
  });

  test('S0-06: choosing such a link says so at once, and the error goes with the link', async () => {
    const { page } = await open('portal=no');
    await page.getByRole('list', { name: 'Blocks' }).getByRole('button', { name: 'Text' }).click();
    expect(await page.getByText(PORTAL_MISSING).count()).toBe(0);
    await pickSpecialLink(page, '.fp-properties', 'Online Experience', /^Customer Portal/);
    await page.locator('.fp-canvas').getByText(PORTAL_MISSING).waitFor();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await page.locator('.fp-canvas').getByText(PORTAL_MISSING).waitFor({ state: 'detached' });
  });
});

describe('blocks', () => {
  test('S0-07: the ready-made note is dragged next to the link', async () => {
    const { page, errors } = await open('template=overdue-notice');
    const block = await page.getByRole('button', { name: 'Invitation note' }).boundingBox();
    const place = await canvasOf(page).getByText('{{ invoice.due_date }}').boundingBox();
    if (block === null || place === null) throw new Error('The block or its place is not on the screen.');
    await page.mouse.move(block.x + 20, block.y + 10);
    await page.mouse.down();
    let step = 0;
    // The canvas looks at the pointer only now and then, so the mouse moves on until the place is shown.
    await expect
      .poll(async () => {
        step += 1;
        await page.mouse.move(place.x + (step % 8), place.y + place.height / 2, { steps: 6 });
        return page.locator('.gjs-placeholder.horizontal').isVisible();
      })
      .toBe(true);
    await page.mouse.up();
    await page.getByRole('heading', { name: 'Invitation note Properties' }).waitFor();
    await expect
      .poll(async () => (await savedBlocks(page)).filter((each) => each.type === 'fp-invitation-note'))
      .toHaveLength(2);
    expect(errors()).toEqual([]);
  });

  test('undo and redo by key take back and bring back; what is saved survives a reload', async () => {
    const { page } = await open('');
    await page.getByRole('list', { name: 'Blocks' }).getByRole('button', { name: 'Divider' }).click();
    await expect.poll(() => savedText(page)).toContain('mj-divider');
    await page.keyboard.press('Control+z');
    await expect.poll(() => savedText(page)).not.toContain('mj-divider');
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => savedText(page)).toContain('mj-divider');
    await page.reload();
    await canvasOf(page).locator('[data-gjs-type="mj-divider"]').waitFor();
  });

  test('a change made just before the page is left is saved', async () => {
    const { page } = await open('');
    await page.getByRole('list', { name: 'Blocks' }).getByRole('button', { name: 'Spacer' }).click();
    await page.getByRole('heading', { name: 'Spacer Properties' }).waitFor();
    await page.reload();
    await canvasOf(page).locator('[data-gjs-type="mj-spacer"]').waitFor();
    expect(await savedText(page)).toContain('mj-spacer');
  });

  test('a picture that is refused says why at the field, one that is taken shows', async () => {
    const { page } = await open('');
    await page.getByRole('list', { name: 'Blocks' }).getByRole('button', { name: 'Image' }).click();
    const file = (size: number) => ({ name: 'van.png', mimeType: 'image/png', buffer: Buffer.alloc(size) });
    await page.setInputFiles('input[type="file"]', file(2_000));
    await page.getByRole('alert').getByText('This picture is larger than 5 MB.').waitFor();
    await page.setInputFiles('input[type="file"]', file(20));
    await expect.poll(() => savedText(page)).toContain('"src":"/email/social/web.png"');
    expect(await page.getByText('This picture is larger than 5 MB.').count()).toBe(0);
  });
});

describe('B-19: without a mouse', () => {
  test('add, edit, move, duplicate and delete, all by keyboard in the structure panel', async () => {
    const { page, errors } = await open('');
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    const rows = () => page.getByRole('treeitem').allInnerTexts();
    await page.getByRole('tab', { name: 'Structure' }).press('Enter');
    await page.getByRole('treeitem').first().focus();
    await page.getByRole('button', { name: 'Add block' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Text' }).press('Enter');
    await page.getByRole('treeitem', { name: /^Text/ }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('textbox');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('By keyboard');
    await page.getByRole('tab', { name: 'Structure' }).press('Enter');
    await page.getByRole('treeitem', { name: 'Text: By keyboard' }).focus();
    await page.keyboard.press('Control+d');
    await expect.poll(rows).toEqual(['Section', 'Text: By keyboard', 'Text: By keyboard', 'Section', 'Footer']);
    await page.keyboard.press('Delete');
    await expect.poll(focused).toBe('Text: By keyboard');
    await page.keyboard.press('Alt+ArrowDown');
    await expect.poll(rows).toEqual(['Section', 'Section', 'Text: By keyboard', 'Footer']);
    await expect.poll(focused).toBe('Text: By keyboard');
    await expect.poll(() => page.getByRole('status').last().textContent()).toBe('Text: By keyboard moved down.');
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(rows).toEqual(['Section', 'Text: By keyboard', 'Section', 'Footer']);
    await expect.poll(() => savedText(page)).toContain('By keyboard');
    expect(errors()).toEqual([]);
  });

  test.each([
    ['as it opens', 'template=final-notice'],
    ['dark', 'template=final-notice&scheme=dark'],
    ['with errors', 'template=final-notice&portal=no'],
    ['read only', 'template=final-notice&readonly=yes'],
  ])('axe finds nothing: %s', async (_name, query) => {
    const { page, errors } = await open(query);
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'Structure' }).click();
    await page.getByRole('treeitem', { name: /^Button/ }).click();
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'Properties' }).click();
    await expectAccessible(page);
    expect(errors()).toEqual([]);
  });

  test('on a phone the panels are tabs, nothing is wider than the screen, and a block can be added and edited', async () => {
    const { page } = await open('template=friendly-reminder&portal=no', PHONE);
    for (const tab of ['Blocks', 'Properties', 'Structure', 'Email']) {
      await page.getByRole('tab', { name: tab }).click();
      await expectAccessible(page);
    }
    await page.getByRole('tab', { name: 'Blocks' }).click();
    await page.getByText('Tap to add after what is selected.').waitFor();
    expect(await page.getByText('Drag into the email').count()).toBe(0);
    await page.getByRole('button', { name: 'Button', exact: true }).click();
    await page.getByRole('tab', { name: 'Properties' }).click();
    await page.getByLabel('Label').fill('From a phone');
    await expect.poll(() => savedText(page)).toContain('From a phone');
  });
});

test('on a tablet a finger does the whole job: blocks are tapped in and moved under Structure', async () => {
  const context = await browser.newContext({ viewport: { width: 1180, height: 820 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto(`${origin}/page.html?template=friendly-reminder`);
  await page.waitForSelector('[data-status="ready"]', { state: 'attached' });
  await page.getByText('Tap to add after what is selected.').waitFor();
  expect(await page.getByText('Drag into the email').isVisible()).toBe(false);
  await page.getByRole('tab', { name: 'Structure' }).tap();
  await page.getByRole('treeitem', { name: /A quick reminder/ }).tap();
  await page.getByRole('list', { name: 'Blocks' }).getByRole('button', { name: 'Divider' }).tap();
  const kinds = async () => (await savedBlocks(page)).map(({ type }) => type);
  await expect.poll(async () => (await kinds()).indexOf('mj-divider')).toBe(2);
  await page.getByRole('button', { name: /^Move down/ }).tap();
  await expect.poll(async () => (await kinds()).indexOf('mj-divider')).toBe(3);
  await page.getByRole('button', { name: /^Delete/ }).tap();
  await expect.poll(kinds).not.toContain('mj-divider');
  await context.close();
});

test('when GrapesJS cannot be loaded the page says so, and reloading works', async () => {
  const { page } = await openPage(browser);
  await page.route(/grapes.*\.js/, (route) => route.abort());
  await page.goto(`${origin}/page.html?template=friendly-reminder`);
  await page.getByText('The email builder could not be loaded').waitFor();
  await page.unroute(/grapes.*\.js/);
  await page.getByRole('button', { name: 'Reload the page' }).click();
  await page.waitForSelector('[data-status="ready"]', { state: 'attached' });
  expect(await page.getByText('The email builder could not be loaded').count()).toBe(0);
});

test('an email that is out can be read, not changed', async () => {
  const { page } = await open('template=friendly-reminder&readonly=yes');
  await canvasOf(page).getByText('Pay invoice').click();
  await page.getByText('This email can no longer be changed.').waitFor();
  expect(await page.getByRole('button', { name: 'Text', exact: true }).isDisabled()).toBe(true);
  expect(await page.evaluate(() => sessionStorage.getItem('saved'))).toBeNull();
});
