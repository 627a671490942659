import { MantineProvider } from '@mantine/core';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';

import { SmsComposer } from './SmsComposer.tsx';

test('before JavaScript the composer is a textarea named text, with nothing that would act', () => {
  const html = renderToString(
    <MantineProvider>
      <SmsComposer
        text={'Hi <b> “there”\n{{ links.pay_invoice }}'}
        onChange={() => undefined}
        samples={[]}
        exampleUrl="https://demo.go.example/k7m2p9q4rs"
        sender={{ name: 'Brightwater Plumbing', number: null }}
        error="This text is too long."
        portal={{ ready: true, settingsHref: '/settings/portal' }}
      />
    </MantineProvider>,
  );
  const [, id, content] = /<textarea id="([^"]+)" name="text"[^>]*>([^<]*)<\/textarea>/.exec(html) ?? [];
  expect(html).toContain(`for="${id}"`);
  expect(content).toBe('Hi &lt;b&gt; “there”\n{{ links.pay_invoice }}');
  expect(html).toContain('Reply STOP to opt out.');
  expect(html).toContain('This text is too long.');
  expect(html).not.toContain('<mark');
  for (const [button] of html.matchAll(/<button[^>]*>/g)) expect(button).toContain('disabled');
});
