import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import { MantineProvider } from '@mantine/core';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

import '#app/ui/office.css';
import { resolveVariables, theme } from '#app/ui/theme.ts';
import { sampleValues } from '#builders/merge/values.ts';
import type { PostcardDocument } from '#builders/postcard/document.ts';
import { emptyPostcard } from '#builders/postcard/form.ts';
import { PostcardBuilder, type PictureChoice } from '#builders/postcard/PostcardBuilder.tsx';
import type { PostcardSample } from '#builders/postcard/reading.ts';
import { postcardTemplates } from '#builders/postcard/templates.ts';

/**
 * The postcard builder on a page of its own. `?template=` is the id of a ready-made card, `?body=` another body, `?portal=no` a
 * company without a portal, `?scheme=dark` the dark scheme, `?readonly=yes` a card that is out, `?told=yes` a problem that the
 * server found. What it holds is kept in the session, so that a test can read it.
 */
const query = new URLSearchParams(location.search);

const samples: PostcardSample[] = [
  { name: 'Dana Whitfield', values: sampleValues, address: ['Dana Whitfield', '9 Oak Street', 'Austin, TX 78702'] },
  {
    name: 'Bartholomew Featherstonehaugh',
    values: {
      ...sampleValues,
      customer: {
        ...sampleValues.customer,
        first_name: 'Bartholomew',
        name: 'Bartholomew Featherstonehaugh '.repeat(8),
      },
    },
    address: ['Bartholomew Featherstonehaugh', '12 Elm Street', 'Austin, TX 78701'],
  },
];

/** Two pictures of one color each, as a server would have them. */
const files: Record<string, string> = { river: '#7aa6b5', van: '#c9a25f', new: '#8f9d6a' };
const list: PictureChoice[] = [
  { token: 'river', name: 'river.jpg', width: 2775, height: 1875 },
  { token: 'van', name: 'our-van.jpg', width: 3375, height: 1875 },
];
const pictureUrl = (token: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20" fill="${files[token]}"/></svg>`)}`;

const pictures = {
  list,
  urlOf: pictureUrl,
  accept: 'image/png,image/jpeg,application/pdf',
  upload: (file: File) =>
    Promise.resolve(
      file.type === 'image/png'
        ? ({ ok: true, picture: { token: 'new', name: file.name, width: 3000, height: 2000 } } as const)
        : ({ ok: false, error: `${file.name} is no picture that can be printed.` } as const),
    ),
};

const template = postcardTemplates.find(({ id }) => id === query.get('template'));
const started = template?.document ?? emptyPostcard();
const body = query.get('body');
const start: PostcardDocument = body === null ? started : { ...started, back: { ...started.back, body } };
const told = [{ where: 'Body', message: 'This is what the server found.', line: 1, column: 1, excerpt: 'Hi' }];
const none: never[] = [];
const portal = { ready: query.get('portal') !== 'no', settingsHref: '/settings/portal' };
const brand = { name: 'Brightwater Plumbing', color: '#1e6b52', logo: null };
const returnAddress = ['Brightwater Plumbing', '210 Elm St', 'Austin, TX 78701'];

function Page() {
  const [document, setDocument] = useState(start);
  return (
    <PostcardBuilder
      document={document}
      onChange={(next) => {
        sessionStorage.setItem('document', JSON.stringify(next));
        setDocument(next);
      }}
      samples={samples}
      brand={brand}
      returnAddress={returnAddress}
      exampleUrl="https://brightwater.go.example/k7m2p9q4rs"
      portal={portal}
      pictures={pictures}
      proofHref="/proof.pdf"
      problems={query.get('told') === 'yes' ? told : none}
      readOnly={query.get('readonly') === 'yes'}
    />
  );
}

// Before anything is drawn, as the office's server does: colors that change later pass through those between.
const scheme = query.get('scheme') === 'dark' ? 'dark' : 'light';
globalThis.document.documentElement.dataset.mantineColorScheme = scheme;

createRoot(globalThis.document.getElementById('root') ?? globalThis.document.body).render(
  <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} forceColorScheme={scheme}>
    <div style={{ maxWidth: 1180, margin: '0 auto', padding: 16 }}>
      <h1 style={{ margin: '0 0 16px', fontSize: 20 }}>Overdue 30+</h1>
      <Page />
    </div>
  </MantineProvider>,
);
