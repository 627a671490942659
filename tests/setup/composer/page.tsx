import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import { MantineProvider } from '@mantine/core';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

import '#app/ui/office.css';
import { resolveVariables, theme } from '#app/ui/theme.ts';
import { sampleValues } from '#builders/merge/values.ts';
import type { SmsSample } from '#builders/sms/reading.ts';
import { SmsComposer } from '#builders/sms/SmsComposer.tsx';

/**
 * The text composer on a page of its own. `?text=` is what stands in it, `?portal=no` a company without a portal,
 * `?scheme=dark` the dark scheme, `?readonly=yes` a text that is out, `?told=yes` a problem that the server found,
 * `?samples=none` no recipients. What it holds is kept in the session, so that a test can read it.
 */
const query = new URLSearchParams(location.search);

const samples: SmsSample[] = [
  { name: 'Bo Li', values: named('Bo', 'Li', '$80.00') },
  { name: 'Dana Whitfield', values: sampleValues },
  { name: 'Bartholomew Featherstonehaugh', values: named('Bartholomew', 'Featherstonehaugh', '$12,418.50') },
];

function named(first_name: string, last_name: string, amount_due: string) {
  return {
    ...sampleValues,
    customer: { ...sampleValues.customer, first_name, last_name, name: `${first_name} ${last_name}` },
    invoice: { ...sampleValues.invoice, amount_due },
  };
}

const told = [
  { where: 'Message', message: 'This link is one of our own short links.', line: 1, column: 1, excerpt: 'Hi' },
];
const none: never[] = [];
const portal = { ready: query.get('portal') !== 'no', settingsHref: '/settings/portal' };

function Page() {
  const [text, setText] = useState(query.get('text') ?? '');
  return (
    <SmsComposer
      text={text}
      onChange={(next) => {
        sessionStorage.setItem('text', next);
        setText(next);
      }}
      samples={query.get('samples') === 'none' ? none : samples}
      exampleUrl="https://brightwater.go.example/k7m2p9q4rs"
      sender={{ name: 'Brightwater Plumbing', number: '(512) 555-0142' }}
      portal={portal}
      website="https://brightwater.example"
      problems={query.get('told') === 'yes' ? told : none}
      readOnly={query.get('readonly') === 'yes'}
    />
  );
}

// Before anything is drawn, as the office's server does: colors that change later pass through those between.
const scheme = query.get('scheme') === 'dark' ? 'dark' : 'light';
document.documentElement.dataset.mantineColorScheme = scheme;

createRoot(document.getElementById('root') ?? document.body).render(
  <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} forceColorScheme={scheme}>
    <div style={{ maxWidth: 1080, margin: '0 auto', padding: 16 }}>
      <h1 style={{ margin: '0 0 16px', fontSize: 20 }}>Overdue 30+</h1>
      <Page />
    </div>
  </MantineProvider>,
);
