import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';

import '#app/ui/office.css';
import { resolveVariables, theme } from '#app/ui/theme.ts';
import { emptyDocument, parseEmailDocument } from '#builders/email/document.ts';
import { EmailBuilder } from '#builders/email/EmailBuilder.tsx';
import { emailTemplates } from '#builders/email/templates/templates.ts';

/**
 * The email builder on a page of its own. `?template=` shows a template, `?portal=no` a company without a portal, `?scheme=dark`
 * the dark scheme, `?readonly=yes` an email that is out. What it saves is kept in the session, so that a reload shows it.
 */
const query = new URLSearchParams(location.search);
const saved = parseEmailDocument(JSON.parse(sessionStorage.getItem('saved') ?? 'null'));
const template = emailTemplates.find((each) => each.id === query.get('template'));
const start = saved.ok ? saved.document : (template?.document ?? emptyDocument());

createRoot(document.getElementById('root') ?? document.body).render(
  <MantineProvider
    theme={theme}
    cssVariablesResolver={resolveVariables}
    forceColorScheme={query.get('scheme') === 'dark' ? 'dark' : 'light'}
  >
    <h1 style={{ margin: 0, padding: 16, fontSize: 20 }}>Overdue 30+</h1>
    <div style={{ height: 'calc(100vh - 62px)' }}>
      <EmailBuilder
        document={start}
        onChange={(document) => sessionStorage.setItem('saved', JSON.stringify(document))}
        images={{
          list: [],
          upload: (file) =>
            Promise.resolve(
              file.size > 1_000 ? { error: 'This picture is larger than 5 MB.' } : { url: '/email/social/web.png' },
            ),
        }}
        brand={{
          color: '#1E6B52',
          companyName: 'Brightwater Plumbing',
          postalAddress: '210 Elm St\nAustin, TX 78701',
          logoUrl: null,
        }}
        portalReady={query.get('portal') !== 'no'}
        portalSettingsHref="/settings/portal"
        readOnly={query.get('readonly') === 'yes'}
      />
    </div>
  </MantineProvider>,
);
