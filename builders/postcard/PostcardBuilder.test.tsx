import { MantineProvider } from '@mantine/core';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';

import { emptyPostcard, postcardFields } from './form.ts';
import { PostcardBuilder } from './PostcardBuilder.tsx';
import { postcardTemplates } from './templates.ts';

function html(document = emptyPostcard(), errors = {}) {
  return renderToString(
    <MantineProvider>
      <PostcardBuilder
        document={document}
        onChange={() => undefined}
        samples={[]}
        brand={{ name: 'Brightwater Plumbing', color: '#1e6b52', logo: null }}
        returnAddress={['Brightwater Plumbing', '210 Elm St', 'Austin, TX 78701']}
        exampleUrl="https://demo.go.example/k7m2p9q4rs"
        portal={{ ready: true, settingsHref: '/settings/portal' }}
        pictures={{
          list: [{ token: 'river', name: 'river.jpg', width: 1875, height: 1275 }],
          urlOf: (token) => `/pictures/${token}`,
          accept: 'image/png',
          upload: () => Promise.resolve({ ok: false, error: '' }),
        }}
        errors={errors}
      />
    </MantineProvider>,
  );
}

test('before JavaScript the builder is a form with all its fields, and nothing that would act', () => {
  const page = html();
  for (const name of postcardFields) expect(page, name).toContain(`name="${name}"`);
  expect(page).toContain('name="front.picture" value="river"');
  for (const [button] of page.matchAll(/<button[^>]*>/g)) expect(button).toContain('disabled');
  expect(page).not.toContain('<mark');
});

test('S0-14: before JavaScript it shows the card, and keeps what was typed', () => {
  const document = postcardTemplates[1]!.document;
  const typed = { ...document, back: { ...document.back, body: 'Hi <b> “there” 🎉\n{{ links.pay_invoice }}' } };
  const page = html(typed, { 'back.headline': 'Use 200 characters at most.' });
  const [, content] = /<textarea id="back.body"[^>]*>([^<]*)<\/textarea>/.exec(page) ?? [];
  expect(content).toBe('Hi &lt;b&gt; “there” 🎉\n{{ links.pay_invoice }}');
  expect(page).toContain('Use 200 characters at most.');
  expect(page).toContain('Emoji 🎉 cannot be printed. Take it out.');
  expect(page).toMatch(/<svg[^>]*class="card-side"[^>]*role="img"[^>]*aria-label="[^"]*past due/);
  expect(page).toContain('demo.go.example');
});
