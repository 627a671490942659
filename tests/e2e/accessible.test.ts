import { expect, test } from 'vitest';

import { expectAccessible, findings, launchBrowser, openPage } from '#tests/setup/browser.ts';

test('B-19: the check of pages finds what is wrong in them and in their frames, and what is too wide', async () => {
  const { page } = await openPage(await launchBrowser());
  const show = (body: string) =>
    page.goto(
      `data:text/html,${encodeURIComponent(`<html lang="en"><title>A page</title><main><h1>A page</h1>${body}</main></html>`)}`,
    );
  const frame = (more: string) =>
    `<iframe ${more} srcdoc='<html lang="en"><title>A frame</title><img src="data:,">'></iframe>`;
  await show('<p>Well</p>');
  await expectAccessible(page);
  await show('<p style="color: #bbb; background: white">Pale</p>');
  expect(await findings(page)).toEqual([expect.stringContaining('color-contrast')]);
  await show(frame('title="A frame"'));
  expect(await findings(page)).toEqual([expect.stringContaining('image-alt')]);
  // A frame without scripts can be looked at from outside only.
  await show(frame('title="A frame" sandbox'));
  await expectAccessible(page);
  await show(frame('sandbox'));
  expect(await findings(page)).toEqual([expect.stringContaining('frame-title')]);
  await show('<div style="width: 3000px">Wide</div>');
  await expect(expectAccessible(page)).rejects.toThrow('wider than the window');
});
