import { type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { PostcardDocument } from '#builders/postcard/document.ts';
import { PHONE, expectAccessible, expectFocus, launchBrowser, openPage } from '#tests/setup/browser.ts';
import { servePostcardBuilder } from '#tests/setup/postcard-builder/serve.ts';

let browser: Browser;
let origin: string;

beforeAll(async () => {
  const served = await servePostcardBuilder();
  origin = served.origin;
  afterAll(served.close);
  browser = await launchBrowser();
});

/** The builder on a page of its own. */
async function open(query: Record<string, string> = {}, viewport?: { width: number; height: number }) {
  const opened = await openPage(browser, { viewport });
  await opened.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  await opened.page.goto(`${origin}/page.html?${new URLSearchParams(query)}`);
  await field(opened.page, 'Body').waitFor();
  return opened;
}

const field = (page: Page, label: string) => page.getByRole('textbox', { name: label, exact: true });
const value = (page: Page, label = 'Body') => field(page, label).inputValue();
const saved = async (page: Page) =>
  PostcardDocument.parse(JSON.parse((await page.evaluate(() => sessionStorage.getItem('document'))) ?? 'null'));
const preview = (page: Page) => page.getByRole('region', { name: 'Preview of the card' });
const front = (page: Page) => preview(page).locator('.card-side').first();
const back = (page: Page) => preview(page).locator('.card-side').last();
/** What a screen reader is told. */
const said = async (page: Page) => (await page.getByRole('status').allTextContents()).join(' ');
const marked = (page: Page, which: string) => page.locator(`[aria-hidden] mark${which}`).allTextContents();

async function paste(page: Page, text: string, html?: string) {
  await page.evaluate(
    async ([plain = '', rich]) => {
      const types: Record<string, Blob> = { 'text/plain': new Blob([plain], { type: 'text/plain' }) };
      if (rich) types['text/html'] = new Blob([rich], { type: 'text/html' });
      await navigator.clipboard.write([new ClipboardItem(types)]);
    },
    [text, html],
  );
  await page.keyboard.press('ControlOrMeta+v');
}

describe('S0-14: the card', () => {
  test('shows what is typed in the next frame, as the chosen recipient gets it', async () => {
    const { page, errors } = await open();
    await field(page, 'Body').focus();
    const seen = await page.evaluate(async () => {
      const bodies: string[] = [];
      for (const words of ['Hi {{ customer.first_name }}', ', pay at {{ links.pay_invoice }}', '!']) {
        document.execCommand('insertText', false, words);
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const texts = document.querySelectorAll('figure:nth-of-type(2) svg > text');
        bodies.push([...texts].map((text) => text.textContent).join(' '));
      }
      return bodies;
    });
    expect(seen[0]).toContain('Hi Dana');
    expect(seen[1]).toMatch(/Hi Dana, pay at brightwater\.go\.example\/ ?k7m2p9q4rs/);
    expect(seen[2]).toMatch(/k7m2p9q4rs!/);
    await page.getByLabel('Preview as').selectOption('Bartholomew Featherstonehaugh');
    await expect.poll(() => back(page).textContent()).toContain('Hi Bartholomew');
    expect(await back(page).getAttribute('aria-label')).toContain('12 Elm Street');
    expect((await saved(page)).back.body).toBe('Hi {{ customer.first_name }}, pay at {{ links.pay_invoice }}!');
    expect(errors()).toEqual([]);
  });

  test('B-12: size, design, picture and coupon are chosen, and undone', async () => {
    const { page } = await open({ template: 'postcard-friendly-reminder' });
    await page.getByRole('radio', { name: /^6 x 9 in/ }).check();
    await expect.poll(() => front(page).getAttribute('viewBox')).toMatch(/648 432$/);
    await page.getByRole('radio', { name: /^Notice/ }).check();
    await page.getByRole('radio', { name: /^our-van\.jpg/ }).check();
    await field(page, 'Description of the picture').fill('Our van');
    await expect.poll(() => front(page).locator('image').count()).toBe(1);
    await page.getByRole('checkbox', { name: 'Coupon' }).check();
    await field(page, 'Coupon title').fill('$25 off');
    await expect.poll(() => back(page).textContent()).toContain('$25 off');
    expect(await saved(page)).toMatchObject({
      size: '6x9',
      design: 'notice',
      front: { picture: { token: 'van', width: 3375, height: 1875 }, pictureText: 'Our van' },
      back: { coupon: { title: '$25 off', terms: '' } },
    });
    const undo = page.getByRole('button', { name: 'Undo' });
    for (let step = 0; step < 5; step += 1) await undo.click();
    expect(await saved(page)).toMatchObject({ size: '6x9', design: 'classic', back: { coupon: null } });
    await page.getByRole('button', { name: 'Redo' }).click();
    expect((await saved(page)).design).toBe('notice');
  });

  test('a picture is uploaded and chosen; one that cannot be printed says why', async () => {
    const { page } = await open({ body: 'Pay at {{ links.pay_invoice }}' });
    const upload = (name: string, mimeType: string) =>
      page.getByLabel('Picture file').setInputFiles({ name, mimeType, buffer: Buffer.from('x') });
    await upload('notes.txt', 'text/plain');
    await page.getByText('notes.txt is no picture that can be printed.').waitFor();
    await upload('boiler.png', 'image/png');
    await expect.poll(() => page.getByRole('radio', { name: /^boiler\.png/ }).isChecked()).toBe(true);
    expect((await saved(page)).front.picture).toEqual({ token: 'new', width: 3000, height: 2000 });
    await page.getByText('Describe the picture').waitFor();
  });

  test('B-12: what does not fit is said at its field and under the preview, and for whom', async () => {
    const { page } = await open({ body: 'Hi {{ customer.name }} ' });
    const other = preview(page).getByText(/^Bartholomew Featherstonehaugh: /);
    await field(page, 'Body').fill(`Hi {{ customer.name }} ${'many words for a small card '.repeat(18)}`);
    await other.getByRole('button', { name: 'Show' }).click();
    await expect
      .poll(() =>
        preview(page)
          .getByText(/The Body is .* too long/)
          .count(),
      )
      .toBe(1);
    expect(await page.getByText(/The Body is .* too long/).count()).toBe(2);
    await page.getByRole('radio', { name: /^6 x 11 in/ }).check();
    await expect.poll(() => page.getByText(/The Body is .* too long/).count()).toBe(0);
  });

  test('B-12: print guides, the proof, and the card in words', async () => {
    const { page } = await open({ template: 'postcard-overdue-notice' });
    expect(await front(page).getByText('Safe area').count()).toBe(0);
    await page.getByLabel('Show print guides').click();
    await expect.poll(() => front(page).getByText('Safe area').count()).toBe(1);
    expect(await page.getByRole('link', { name: 'Proof as PDF' }).getAttribute('href')).toBe('/proof.pdf');
    await page.getByText('The card in words').click();
    await preview(page).getByText('we have not received $418.50 for Water heater replacement.').first().waitFor();
  });
});

describe('S0-15: a paste', () => {
  const html = `<p><b>Your bill</b> is <i>“due”</i> 🎉 — <a href="https://brightwater.portal.example/">pay here</a></p><p style="font-family: Georgia">Thanks™</p>`;
  const text = 'Your bill is “due” 🎉 — pay here\nThanks™';
  const plain = 'Your bill is "due" - pay here (https://brightwater.portal.example/)\nThanks';

  test('of rich text arrives plain, and what it lost is listed with its place', async () => {
    const { page, errors } = await open();
    await field(page, 'Body').focus();
    await paste(page, text, html);
    await expect.poll(() => value(page)).toBe(plain);
    const notice = page.getByRole('region', { name: 'What the paste into Body lost' });
    await notice.getByText('2 characters lost, 3 characters replaced, formatting lost.').waitFor();
    expect(await notice.getByRole('listitem').allTextContents()).toEqual([
      '🎉Emoji 🎉line 1, character 20',
      '™Trademark signline 2, character 7',
      'AaBold“Your bill”',
      'AaItalics““due””',
      'AaFont Georgia“Thanks™”',
      'AaLink: its address stands behind it now“pay here”',
      '“Curly quoteline 1, character 14, became a straight quote',
      '”Curly quoteline 1, character 18, became a straight quote',
      '—Em dashline 1, character 23, became a hyphen',
    ]);
    expect(await said(page)).toContain('Pasted as plain text. What changed is listed below Body.');
    await expect.poll(() => back(page).textContent()).toContain('Your bill is "due"');
    expect(errors()).toEqual([]);
  });

  test('is undone with one click, or with Ctrl-Z', async () => {
    const { page } = await open({ body: 'Dear Dana, ' });
    await field(page, 'Body').focus();
    await page.keyboard.press('ControlOrMeta+End');
    await paste(page, text, html);
    await expect.poll(() => value(page)).toBe(`Dear Dana, ${plain}`);
    await page.getByRole('button', { name: 'Undo paste' }).click();
    await expect.poll(() => value(page)).toBe('Dear Dana, ');
    expect(await page.getByText('Pasted as plain text.').count()).toBe(0);
    await field(page, 'Body').focus();
    await paste(page, text, html);
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => value(page)).toBe('Dear Dana, ');
  });

  test('that is plain already is no matter to speak of; a headline stays on one line', async () => {
    const { page } = await open();
    await field(page, 'Headline').focus();
    await paste(page, 'Two\nlines');
    await expect.poll(() => value(page, 'Headline')).toBe('Two lines');
    await page.keyboard.press('Enter');
    expect(await value(page, 'Headline')).toBe('Two lines');
    expect(await page.getByText('Pasted as plain text.').count()).toBe(0);
  });

  test('merge tags survive it', async () => {
    const { page } = await open();
    await field(page, 'Body').focus();
    await paste(page, 'Hi {{ customer.first_name | default: “there” }} – see {{ links.pay_invoice }}');
    await expect
      .poll(() => value(page))
      .toBe('Hi {{ customer.first_name | default: “there” }} - see {{ links.pay_invoice }}');
    await expect.poll(() => back(page).textContent()).toContain('Hi Dana - see');
  });
});

describe('S0-15: typing', () => {
  const body = 'It’s due 🎉, that’s {{ customer.first_name }} ™';

  test('what cannot be printed is marked in its place and listed', async () => {
    const { page } = await open({ body });
    await expect.poll(() => marked(page, '[data-foreign]')).toEqual(['’', '🎉', '’', '™']);
    const list = page.getByRole('region', { name: 'What cannot be printed in Body' });
    await list.getByText('4 characters cannot be printed.').waitFor();
    expect(await list.getByRole('listitem').count()).toBe(3);
    expect(await field(page, 'Body').getAttribute('aria-invalid')).toBe('true');
  });

  test('is taken out or replaced, one by one or all at once, and undone', async () => {
    const { page } = await open({ body });
    await page.getByRole('button', { name: 'Take out: Emoji 🎉' }).click();
    await expect.poll(() => value(page)).toBe('It’s due, that’s {{ customer.first_name }} ™');
    await page.getByRole('button', { name: 'Replace all: Curly apostrophe' }).click();
    await expect.poll(() => value(page)).toBe("It's due, that's {{ customer.first_name }} ™");
    await field(page, 'Body').focus();
    await page.keyboard.press('ControlOrMeta+z');
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => value(page)).toBe(body);
    await page.getByRole('button', { name: 'Make it plain' }).click();
    await expect.poll(() => value(page)).toBe("It's due, that's {{ customer.first_name }}");
    await expect.poll(() => page.getByText('cannot be printed').count()).toBe(0);
    expect((await saved(page)).back.body).toBe("It's due, that's {{ customer.first_name }}");
  });

  test('a broken tag is said after a pause, and found with Show', async () => {
    const { page } = await open({ body: 'Hi {{ customer.frst_name }}' });
    await page.getByText('Unknown tag customer.frst_name. Did you mean customer.first_name?').waitFor();
    await page.getByRole('button', { name: 'Show line 1, character 4' }).click();
    const selection = await field(page, 'Body').evaluate((element: HTMLTextAreaElement) =>
      element.value.slice(element.selectionStart, element.selectionEnd),
    );
    expect(selection).toBe('{{ customer.frst_name }}');
  });

  test('what the server found stands until the card is changed', async () => {
    const { page } = await open({ body: 'Hi', told: 'yes' });
    const told = page.getByText('This is what the server found.');
    await expect.poll(() => told.count()).toBe(1);
    await field(page, 'Body').focus();
    await page.keyboard.type('x');
    await expect.poll(() => told.count()).toBe(0);
  });
});

describe('S0-16: the QR code', () => {
  test('leads to the portal, the invoice or any address, or is left out', async () => {
    const { page } = await open({ body: 'Hi' });
    const codes = () => back(page).locator('path[shape-rendering="crispEdges"]').count();
    await expect.poll(codes).toBe(1);
    await page.getByRole('radio', { name: /^Any URL/ }).check();
    await page.getByText('The QR code leads nowhere. Type the address').waitFor();
    await field(page, 'Address').fill('brightwater.example/spring');
    await expect.poll(() => page.getByText('leads nowhere').count()).toBe(0);
    expect((await saved(page)).qr).toMatchObject({ target: 'url', url: 'brightwater.example/spring' });
    await field(page, 'Address').fill('javascript:alert(1)');
    await page.getByText('is not a web address').waitFor();
    await page.getByRole('radio', { name: /^No QR code/ }).check();
    await expect.poll(codes).toBe(0);
    expect((await saved(page)).qr).toBeNull();
  });

  test('S0-06: without a portal it says so, with the way out', async () => {
    const { page } = await open({ template: 'postcard-thank-you', portal: 'no' });
    await expect.poll(() => page.getByRole('link', { name: 'Set it up' }).count()).toBe(2);
    expect(await page.getByRole('link', { name: 'Set it up' }).first().getAttribute('href')).toBe('/settings/portal');
  });
});

describe('for everybody', () => {
  test('B-19: a whole card by keyboard alone', async () => {
    const { page, errors } = await open();
    const press = (key: string) => page.keyboard.press(key);
    const until = async (name: string, role: 'radio' | 'textbox' | 'checkbox' | 'button' | 'switch') => {
      const target = page.getByRole(role, { name }).first();
      for (let tab = 0; tab < 40; tab += 1) {
        if (await target.evaluate((element) => element === document.activeElement)) return;
        await press('Tab');
      }
      throw new Error(`${name} cannot be reached.`);
    };
    await until('4 x 6 in', 'radio');
    await press('ArrowRight');
    await until('Classic', 'radio');
    await press('ArrowRight');
    await press('ArrowRight');
    await until('Headline', 'textbox');
    await page.keyboard.type('Past due');
    await until('Special links', 'button');
    await until('Body', 'textbox');
    await page.keyboard.type('Pay here: ');
    await press('Shift+Tab');
    await press('Shift+Tab');
    await press('Enter');
    await page.getByRole('menuitem', { name: 'Online Experience' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest('[role=menu]') != null)).toBe(true);
    await press('ArrowDown');
    await expectFocus(page, 'Online Experience');
    await press('ArrowRight');
    await page.getByRole('menuitem', { name: 'Pay invoice' }).waitFor();
    await expectFocus(page, 'Customer Portal');
    await press('ArrowDown');
    await press('Enter');
    await expect.poll(() => value(page)).toBe('Pay here: {{ links.pay_invoice }}');
    await until('Coupon', 'checkbox');
    await press('Space');
    await until('Coupon title', 'textbox');
    await page.keyboard.type('$10 off');
    await until('Customer Portal', 'radio');
    await press('ArrowDown');
    await until('Caption of the QR code', 'textbox');
    await page.keyboard.type('Scan to pay');
    expect(await saved(page)).toMatchObject({
      size: '6x9',
      design: 'notice',
      front: { headline: 'Past due' },
      back: { body: 'Pay here: {{ links.pay_invoice }}', coupon: { title: '$10 off' } },
      qr: { target: 'pay_invoice', caption: 'Scan to pay' },
    });
    await until('Show print guides', 'switch');
    await press('Space');
    await expect.poll(() => front(page).getByText('Safe area').count()).toBe(1);
    expect(errors()).toEqual([]);
  });

  test('a card that is out cannot be changed', async () => {
    const { page } = await open({ body: 'It’s out', readonly: 'yes' });
    await field(page, 'Body').focus();
    await page.keyboard.type('x');
    await paste(page, 'x');
    expect(await value(page)).toBe('It’s out');
    expect(await page.getByRole('radio', { name: /^6 x 9 in/ }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: /^Replace|^Make it plain|^Undo|^Upload|^Merge tags/ }).count()).toBe(
      0,
    );
  });

  test.each([
    ['light', undefined],
    ['light', PHONE],
    ['dark', undefined],
  ] as const)('B-19: axe finds nothing, and nothing is wider than the window (%s, %o)', async (scheme, viewport) => {
    const { page, errors } = await open(
      { template: 'postcard-maintenance-offer', body: '“Hi” 🎉 {{ links.unsubscribe }}', scheme },
      viewport,
    );
    await field(page, 'Body').focus();
    await paste(page, 'Thanks™', '<b>Thanks™</b>');
    await page.getByText('Pasted as plain text.', { exact: true }).waitFor();
    await page.getByText('a postcard has no unsubscribe link').waitFor();
    await page.getByLabel('Show print guides').click();
    await expectAccessible(page);
    expect(errors()).toEqual([]);
  });
});
